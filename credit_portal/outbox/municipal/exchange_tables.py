"""The exchange database of a front-end machine: we write rows, the receiver reads them and writes its answer back.

A connection of its own to another PostgreSQL database, opened by the first use. The key is the primary key, so a row
that was written twice is one row, and a broken connection costs nothing but another try.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from typing import Any

import psycopg
import psycopg.sql
from psycopg.rows import dict_row

from .answers import read_line
from .transport import (
    Failure,
    Holding,
    HoldingPage,
    Item,
    ItemAnswer,
    ListingFailed,
    Outcome,
    Reply,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS hn_credit_delivery (
    key uuid PRIMARY KEY,
    batch uuid NOT NULL,
    kind text NOT NULL,
    stream text NOT NULL,
    sequence integer NOT NULL,
    department text NOT NULL,
    schema_version text NOT NULL,
    digest text NOT NULL,
    body text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    -- The receiver fills these in, `result` last.
    result text CHECK (result IN ('accepted', 'rejected', 'retry')),
    receipt text,
    received_at timestamptz,
    code text,
    message text,
    CHECK (result IS DISTINCT FROM 'accepted' OR receipt IS NOT NULL AND received_at IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS hn_credit_delivery_open ON hn_credit_delivery (written_at) WHERE result IS NULL;
-- What the receiver holds, newest version of each record; the receiver keeps it, we compare with it at night.
CREATE TABLE IF NOT EXISTS hn_credit_holding (
    stream text PRIMARY KEY,
    sequence integer NOT NULL,
    digest text NOT NULL,
    department text NOT NULL DEFAULT ''
);
"""
COMMENTS = {
    "hn_credit_delivery": "安全生产信用信息平台写入的报送信息；接收方读取后回写 result 等列",
    "hn_credit_holding": "接收方现有的记录（每条记录的最新版本），供每日比对",
}
# What was refused or put off may be sent again: the row then waits for a new answer.
WRITE = """
INSERT INTO hn_credit_delivery AS t
    (key, batch, kind, stream, sequence, department, schema_version, digest, body)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (key) DO UPDATE SET batch = EXCLUDED.batch, written_at = now(), result = NULL,
    receipt = NULL, received_at = NULL, code = NULL, message = NULL
WHERE t.result IN ('rejected', 'retry') AND t.digest = EXCLUDED.digest
"""
READ = """
SELECT key::text, coalesce(result, 'handed') AS result, receipt, received_at, code, message
FROM hn_credit_delivery WHERE key = ANY(%s)
"""
LIST = """
SELECT stream, sequence, digest, department, encode(sha256(convert_to(stream, 'UTF8')), 'hex') AS place
FROM hn_credit_holding WHERE encode(sha256(convert_to(stream, 'UTF8')), 'hex') > %s ORDER BY place LIMIT %s
"""
AT_ONCE = 1000


class TableTransport:
    def __init__(self, municipal: dict[str, Any]) -> None:
        self._address = municipal["EXCHANGE_URL"]
        self._connect, self._read, _ = municipal["TIMEOUTS"]
        self._opened: psycopg.Connection[Any] | None = None

    def send(self, batch: uuid.UUID, items: Sequence[Item]) -> Reply:
        rows = [
            (
                *(item.key, batch, item.kind, item.stream, item.sequence, item.department_code),
                *(item.schema_version, item.digest, item.body),
            )
            for item in items
        ]
        try:
            with self._connection().transaction(), self._connection().cursor() as cursor:
                cursor.executemany(WRITE, rows)
        except psycopg.Error as error:
            return self._failed(error)
        return self.ask([item.key for item in items])

    def ask(self, keys: Sequence[uuid.UUID]) -> Reply:
        try:
            found = self._rows(READ, [list(keys)])
        except psycopg.Error as error:
            return self._failed(error)
        answers = {row["key"]: read_line(as_line(row)) for row in found}
        absent = Outcome.ABSENT
        return Reply(answers=[answers.get(str(key), ItemAnswer(str(key), absent)) for key in keys])

    def holdings(self, cursor: str) -> HoldingPage:
        try:
            rows = self._rows(LIST, [cursor, AT_ONCE])
        except psycopg.Error as error:
            raise ListingFailed(f"无法读取前置库清单：{type(error).__name__}") from error
        held = [
            Holding(row["stream"], row["sequence"], row["digest"], row["department"])
            for row in rows
        ]
        return HoldingPage(held, rows[-1]["place"] if len(rows) == AT_ONCE else "")

    def create_tables(self) -> None:
        """Make the tables that are not there; raises what the database says."""
        with self._connection().transaction(), self._connection().cursor() as cursor:
            cursor.execute(SCHEMA)
            for table, words in COMMENTS.items():
                cursor.execute(
                    psycopg.sql.SQL("COMMENT ON TABLE {} IS {}").format(
                        psycopg.sql.Identifier(table), psycopg.sql.Literal(words)
                    )
                )

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _connection(self) -> psycopg.Connection[Any]:
        if self._opened is None:
            patience = f"-c statement_timeout={round(self._read * 1000)} -c lock_timeout=2s"
            self._opened = psycopg.connect(
                self._address,
                autocommit=True,
                connect_timeout=max(2, math.ceil(self._connect)),
                options=patience,
                row_factory=dict_row,
            )
        return self._opened

    def _rows(self, statement: str, values: list[Any]) -> list[dict[str, Any]]:
        with self._connection().cursor() as cursor:
            return list(cursor.execute(statement, values).fetchall())

    def _failed(self, error: psycopg.Error) -> Reply:
        """Another try is always safe. Only what the database says of the rows themselves speaks against a row."""
        self.close()
        splits = isinstance(error, psycopg.DataError | psycopg.IntegrityError)
        text = f"前置库未能完成操作：{type(error).__name__}"
        return Reply(failure=Failure(Outcome.TRANSIENT, text, splits=splits))


def as_line(row: dict[str, Any]) -> dict[str, Any]:
    """The answer columns as the line of an answer over HTTP."""
    received = row["received_at"]
    return row | {"received_at": received.isoformat() if received else ""}
