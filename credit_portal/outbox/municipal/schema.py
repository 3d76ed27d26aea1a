"""The wire format: one POST carries a batch, the answer carries one line for each item.

    {"format": "hn-credit/1", "batch": "…", "items": [{"key", "kind", "stream", "sequence",
     "department", "schema", "digest", "body"}]}
    {"batch": "…", "results": [{"key", "result": "accepted|rejected|retry", "receipt", "received_at",
     "code", "message"}]}

`body` is the frozen text of the version and `digest` its SHA-256, so that both sides can prove what was sent.
"""

from __future__ import annotations

FORMAT = "hn-credit/1"
DELIVERIES_PATH = "/api/v1/deliveries"

# What the platform's validation asks of each kind, by national field code (发改办财金〔2018〕424号).
REQUIRED: dict[str, tuple[str, ...]] = {
    "permit": (
        *("XK_XDR_MC", "XK_XDR_LB", "XK_XKWS", "XK_WSH", "XK_XKLB", "XK_NR", "XK_JDRQ", "XK_YXQZ"),
        *("XK_YXQZI", "XK_XKJG", "XK_XKJGDM", "XK_ZT", "XK_LYDW", "XK_LYDWDM"),
    ),
    "penalty": (
        *("CF_XDR_MC", "CF_XDR_LB", "CF_WSH", "CF_WFXW", "CF_SY", "CF_YJ", "CF_CFLB", "CF_NR"),
        *("CF_JDRQ", "CF_YXQ", "CF_CFJG", "CF_CFJGDM", "CF_SJLY", "CF_SJLYDM"),
    ),
}
PARTY_CODES = ("XK_XDR_SHXYM", "CF_XDR_SHXYM")
DOCUMENT_NUMBERS = ("XK_WSH", "CF_WSH")
