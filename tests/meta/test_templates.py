"""Pages are made of components: what has a component is not drawn by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# Components draw; the gallery shows how they are written; documents are paper and have their own sheet.
OWN = ("components", "gallery", "documents")
PAGES = sorted(
    path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0] not in OWN
)
# What the markup of each component gives away.
LOOSE = {
    "button": r'class="btn|<button(?![^>]*(?:class="(?:link-button|deskbar__tool)|data-fill=|data-phrase>| disabled hidden>))',
    "status_tag": r'class="tag\b',
    "due_badge": r'class="due\b',
    "notice": r'class="notice\b',
    "messages": r'class="toast\b',
    "pagination": r'class="pages\b',
    "tabs": r'class="tabs\b',
    "breadcrumb": r'class="crumb\b',
    "fold or explained_date": r'class="why\b',
    "timeline": r'class="timeline\b',
    "empty_state": r'class="empty\b',
    "field": r'<div class="field\b',
    "stat_card": r'class="card stat\b',
    "data_table": r"<table\b",
    "description_list": r'class="facts\b',
    "file_drop": r'type="file"',
    "error_summary": r'class="errors\b',
    "filter_bar": r'class="filters\b',
    "progress": r"<progress\b",
    "confirm": r'class="card confirm\b',
    "search_box": r'role="search"',
    "icon": r"<svg\b",
    "qr_block": r'class="qr-block\b',
    "import_verdicts": r'class="verdict',
    "chart": r'class="chart\b',
}


@pytest.mark.parametrize("component", LOOSE)
def test_no_page_draws_by_hand_what_has_a_component(component: str) -> None:
    pattern = re.compile(LOOSE[component])
    found = {
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in PAGES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    }
    assert found == set()
