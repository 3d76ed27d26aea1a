"""The number of the request that is being served, so that audit rows of one request can be told."""

import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestNumber(logging.Filter):
    """Puts the number into each line of the log, where the one quoted from an error page is found again."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_number = request_id.get() or "-"
        return True
