"""A page for people: what has arrived."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from ..schema import DOCUMENT_NUMBERS, PARTY_CODES
from .platform import Effect

KINDS = {"permit": "行政许可", "penalty": "行政处罚"}
PARTY_NAMES = ("XK_XDR_MC", "CF_XDR_MC")
HEADINGS = ("种类", "行政相对人", "统一社会信用代码", "文书号", "版本", "回执号", "接收时间")

PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>市信用平台模拟器</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 2rem auto; max-width: 75rem;
  padding: 0 1rem; color: #1f2937 }}
h1 {{ font-size: 1.4rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ border-bottom: 1px solid #d1d5db; padding: .4rem .6rem; text-align: left; vertical-align: top }}
th {{ background: #f3f4f6 }}
</style></head><body><main>
<h1>市信用平台模拟器：已接收记录</h1>
<p>入库 {effects} 条，退回 {rejected} 条，重复报送 {duplicates} 次，重复入库 {double} 条，版本倒序 {inversions} 次。</p>
<table><thead><tr>{headings}</tr></thead><tbody>
{rows}
</tbody></table>
<p>最多显示最近 200 条。</p>
</main></body></html>
"""


def render(stats: dict[str, Any], effects: Iterable[Effect]) -> str:
    totals = stats["totals"]
    return PAGE.format(
        effects=stats["effects"],
        rejected=totals.get("rejected", 0),
        duplicates=totals.get("duplicates", 0),
        double=stats["double_effects"],
        inversions=stats["order_inversions"],
        headings="".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS),
        rows="\n".join(map(row, effects)),
    )


def row(effect: Effect) -> str:
    payload = json.loads(effect.body)
    fields = payload.get("fields", payload)
    withdrawn = "（撤下）" if payload.get("operation") == "withdraw" else ""
    cells = (
        KINDS.get(effect.kind, effect.kind) + withdrawn,
        first(fields, PARTY_NAMES),
        first(fields, PARTY_CODES),
        first(fields, DOCUMENT_NUMBERS),
        str(effect.sequence),
        effect.receipt,
        effect.received_at.replace("T", " ")[:19],
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def first(fields: dict[str, Any], names: Iterable[str]) -> str:
    return next((str(fields[name]) for name in names if fields.get(name)), "")
