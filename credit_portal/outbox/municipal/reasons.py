"""The platform's refusal codes in words that tell the clerk what to do."""

from __future__ import annotations

from .receiver_rules import rule_table

LONGEST = 500


def reason_in_words(code: str, detail: str = "") -> str:
    """The sentence for the clerk; what the platform adds in its own words stands behind it."""
    words = rule_table().words_of(code)
    if not words:
        return (detail or "市平台未说明退回原因，请联系平台核实")[:LONGEST]
    return f"{words}（{detail}）"[:LONGEST] if detail else words
