import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from weasyprint.text import ffi

from credit_portal.documents import engine
from credit_portal.documents.services import render_pdf

from .papers import facts_of, poppler, text_of

SECRET = "机密口令九一八"
LINE = "安" * 26


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server that must never be asked for anything."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text(SECRET)
    return file


def payloads(server: str, secret: Path) -> list[str]:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='{server}/in-svg' width='9' height='9'/></svg>"
    return [
        f"<img src='{server}/img'>",
        f"<img src='file://{secret}'>",
        f"<link rel='attachment' href='file://{secret}'>",
        f"<a rel='attachment' href='file://{secret}'>x</a>",
        f"<link rel='stylesheet' href='{server}/css'>",
        f"<style>@import url({server}/import); body {{ background: url({server}/background) }}</style>",
        f"<style>@font-face {{ font-family: x; src: url(file://{secret}) }} p {{ font-family: x }}</style>",
        f"<object data='{server}/object'></object><embed src='{server}/embed'>",
        f"<p style='content: url({server}/content)'>x</p>",
        svg,
        f'<img src="data:image/svg+xml;utf8,{svg}">',
        f"<img src='data:text/html,<iframe src={server}/frame>'>",
    ]


def test_markup_in_a_text_is_printed_not_obeyed(trap: tuple[str, list[str]], secret: Path) -> None:
    server, asked = trap
    for payload in payloads(server, secret):
        pdf = render_pdf("documents/base.html", {"title": payload, "issued_by": payload})
        assert payload[:8] in text_of(pdf)
        assert b"/EmbeddedFile" not in pdf
        assert poppler("pdfimages", pdf, "-list").count("\n") == 2
    assert asked == []


def test_even_live_markup_loads_nothing(
    trap: tuple[str, list[str]], secret: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server, asked = trap
    for payload in payloads(server, secret):
        pdf = engine.engine().write(f"<p>正文</p>{payload}", variant=None)
        assert "正文" in text_of(pdf)
        assert SECRET not in text_of(pdf)
        assert b"/EmbeddedFile" not in pdf
    assert asked == []
    assert "refused" in caplog.text


def test_a_picture_inside_the_document_is_shown() -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    pdf = engine.engine().write(f"<img src='data:image/png;base64,{dot}'>", variant=None)
    assert poppler("pdfimages", pdf, "-list").count("\n") > 2


def test_twenty_two_lines_of_twenty_eight_characters() -> None:
    def sheet(lines: int) -> bytes:
        html = '<link rel="x"><body>' + f"<p>{LINE}</p>" * lines
        return engine.engine().write(html, variant=None)

    assert facts_of(sheet(22))["Pages"] == "1"
    assert facts_of(sheet(23))["Pages"] == "2"
    assert text_of(sheet(1)).count(LINE) == 1


def test_a_sheet_without_number_has_neither_strip_nor_record() -> None:
    text = text_of(render_pdf("documents/base.html", {"title": "关于节前检查的通知"}))
    assert "关于节前检查的通知" in text
    assert "编号" not in text
    assert "印发" not in text


def test_engine_is_made_once() -> None:
    assert engine.engine() is engine.engine()


def test_missing_subsetter_and_slow_sheets_are_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ffi, "harfbuzz_subset", None)
    monkeypatch.setattr(engine, "SLOW_SECONDS", 0)
    with caplog.at_level(logging.WARNING, "credit_portal.documents.engine"):
        slow = engine.engine.__wrapped__()
        monkeypatch.undo()
        monkeypatch.setattr(engine, "SLOW_SECONDS", 0)
        slow.write("<p>正文</p>", variant=None)
    assert "libharfbuzz-subset is missing" in caplog.text
    assert "document took" in caplog.text
