"""WeasyPrint with what is worth keeping for the life of a process, and with nothing it may fetch.

Measured: one FontConfiguration and one parsed style sheet save a third of each letter. A one-page letter takes about
0.05 s with the Fandol fonts and 0.2 s with Noto alone, a long table 3 to 4 ms a row and 300 MB at 2,000 rows: render
more than ten pages in a job.
"""

import logging
import re
import time
from functools import cache
from typing import Any, NamedTuple

import weasyprint
from django.conf import settings
from weasyprint.text import ffi
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

logger = logging.getLogger(__name__)

INLINE_IMAGE = re.compile(r"data:image/(?:svg\+xml|png|jpeg)[;,]", re.IGNORECASE)
SLOW_SECONDS = 5


class DenyingFetcher(URLFetcher):  # type: ignore[misc]
    """Answers pictures that stand in the document itself (QR codes, seals); everything else is refused."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not INLINE_IMAGE.match(url):
            logger.warning("document asked for %.80r: refused", url)
            raise ValueError("documents load nothing")
        return super().fetch(url, headers)


class Engine(NamedTuple):
    fonts: Any
    style: Any
    fetcher: DenyingFetcher

    def write(self, html: str, *, variant: str | None) -> bytes:
        started = time.monotonic()
        page = weasyprint.HTML(string=html, url_fetcher=self.fetcher)
        pdf: bytes = page.write_pdf(
            stylesheets=[self.style], font_config=self.fonts, pdf_variant=variant, dpi=150
        )
        seconds = time.monotonic() - started
        if seconds > SLOW_SECONDS:
            logger.warning("document took %.1f s", seconds)
        return pdf


@cache
def engine() -> Engine:
    """The engine of this process."""
    if not subsets_quickly():
        logger.warning(
            "libharfbuzz-subset is missing: every document takes seconds (see `./portal doctor`)"
        )
    fonts, fetcher = FontConfiguration(), DenyingFetcher()
    source = settings.BASE_DIR / "static" / "css" / "document.css"
    style = weasyprint.CSS(filename=source, font_config=fonts, url_fetcher=fetcher)
    return Engine(fonts, style, fetcher)


def subsets_quickly() -> bool:
    """Whether HarfBuzz cuts the fonts down; without it fontTools reads the whole of Noto for each document."""
    return ffi.harfbuzz_subset is not None
