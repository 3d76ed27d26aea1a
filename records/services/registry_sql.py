"""The statements of a registry loading. Column names come from our own table of columns, never from a file."""

from __future__ import annotations

from collections.abc import Sequence

STAGE_TYPES = {"established_on": "date"}
# Columns without a default in the database, for extracts that lack them.
DEFAULTS = {
    "legal_representative": "''",
    "address": "''",
    "industry": "''",
    "division_code": "''",
    "established_on": "NULL",
    "status": "'存续'",
}

REPEATED = """
    SELECT line, first FROM (
      SELECT line, min(line) OVER (PARTITION BY code) AS first FROM registry_stage
    ) numbered WHERE line <> first ORDER BY line
"""

DROP_REPEATED = """
    DELETE FROM registry_stage later USING registry_stage earlier
    WHERE later.code = earlier.code AND later.line > earlier.line
"""

KEEP_FORMER_NAMES = """
    INSERT INTO records_formername (entity_id, name, search_name, until)
    SELECT entity.id, entity.name, entity.search_name, %s
    FROM registry_stage staged JOIN records_marketentity entity USING (code)
    WHERE entity.search_name <> staged.search_name
    ON CONFLICT (entity_id, name) DO UPDATE SET until = EXCLUDED.until
"""

# The name that is left joins the former ones, once.
FORMER_SEARCH_NAMES = r"""
    CASE WHEN entity.search_name = EXCLUDED.search_name
           OR entity.search_name = ANY (string_to_array(entity.former_search_names, E'\n'))
         THEN entity.former_search_names
         ELSE concat_ws(E'\n', nullif(entity.former_search_names, ''), entity.search_name) END
"""


def create_stage(fields: Sequence[str]) -> str:
    columns = ", ".join(f"{name} {STAGE_TYPES.get(name, 'text')}" for name in fields)
    return (
        "DROP TABLE IF EXISTS pg_temp.registry_stage; "
        f"CREATE TEMPORARY TABLE registry_stage (line int, {columns}) ON COMMIT DROP"
    )


def copy_stage(fields: Sequence[str]) -> str:
    return f"COPY registry_stage (line, {', '.join(fields)}) FROM STDIN"


def merge(fields: Sequence[str]) -> str:
    """Insert what is new, change what differs, leave alone what is equal. Columns that the file lacks keep
    their values. Answers how many rows were created and how many changed."""
    absent = [name for name in DEFAULTS if name not in fields]
    into = ", ".join([*fields, *absent, "former_search_names", "updated_at"])
    values = ", ".join([*fields, *(DEFAULTS[name] for name in absent), "''", "now()"])
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in fields if name != "code")
    old = ", ".join(f"entity.{name}" for name in fields)
    new = ", ".join(f"EXCLUDED.{name}" for name in fields)
    return f"""
        WITH merged AS (
          INSERT INTO records_marketentity AS entity ({into})
          SELECT {values} FROM registry_stage ORDER BY code
          ON CONFLICT (code) DO UPDATE
          SET {changes}, former_search_names = {FORMER_SEARCH_NAMES}, updated_at = now()
          WHERE ({old}) IS DISTINCT FROM ({new})
          RETURNING xmax = 0 AS created
        )
        SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created) FROM merged
    """  # noqa: S608 - names from DEFAULTS and COLUMNS
