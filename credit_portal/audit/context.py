"""The number of the request that is being served, so that audit rows of one request can be told."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
