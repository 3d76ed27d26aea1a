"""From an uploaded workbook to judged rows: open safely, find the table, clean, check, give back the faulty rows.

Nothing here writes to the database; the services store what these functions answer.
"""
