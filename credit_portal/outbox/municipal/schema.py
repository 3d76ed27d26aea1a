"""The wire format: one POST carries a batch, the answer carries one line for each item.

    {"format": "hn-credit/1", "batch": "…", "items": [{"key", "kind", "stream", "sequence",
     "department", "schema", "digest", "body"}]}
    {"batch": "…", "results": [{"key", "result": "accepted|rejected|retry", "receipt", "received_at",
     "code", "message"}]}

Two questions change nothing. What became of keys (`absent`: never received), and what is held, newest version of each
record, a page at a time in the order of the SHA-256 of `stream`; `after` is the last hash of the page before:

    POST …/deliveries/query {"keys": […]}            -> {"results": [{"key", "result": "accepted|absent", …}]}
    POST …/records          {"after": "", "limit": 1000} -> {"records": [{"stream", "sequence", "digest",
                                                          "department"}], "next": ""}

`body` is the frozen text of the version and `digest` its SHA-256, so that both sides can prove what was sent.
What a body must hold stands in `rules/receiver.yaml`.
"""

from __future__ import annotations

FORMAT = "hn-credit/1"
DELIVERIES_PATH = "/api/v1/deliveries"
QUERY_PATH = "/api/v1/deliveries/query"
HOLDINGS_PATH = "/api/v1/records"

PARTY_CODES = ("XK_XDR_SHXYM", "CF_XDR_SHXYM")
DOCUMENT_NUMBERS = ("XK_WSH", "CF_WSH")
