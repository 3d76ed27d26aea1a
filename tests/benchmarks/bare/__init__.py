"""The plainest Django site on the same tables: what the portal's pages are measured against."""
