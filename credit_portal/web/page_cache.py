"""Pages for visitors: kept for three seconds in each process, told apart by ETag, compressed once.

Kept are answers of `PublicView` to requests without a session; such a page depends on its address and on 关怀版 alone.
A page taken down is gone everywhere within a second (`credit_portal.freshness`) and at the latest when its life of
three seconds ends, counted from before the first row was read. docs/adr/0008-serving-public-pages.md tells why.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import ResponseHeaders
from django.utils.cache import get_conditional_response

from credit_portal import freshness

from . import care, maintenance

GLANCE = 1.0  # seconds between two looks at the generation
MOST_PAGES = 256
MOST_BYTES = 16 * 2**20
LARGEST_PAGE = 512 * 2**10
LONGEST_QUERY = 200  # characters

PUBLIC = "public, no-cache"  # may be stored by anyone, must be asked about each time
PERSONAL = "private, no-store"
PRIVATE_TREES = ("/staff/", "/enterprise/", "/sign-in/", "/static/", "/healthz")
# The only parts of an address under which pages are kept; any other part is answered, but not kept, and free text
# is left out on purpose: whoever searches for thousands of words fills nobody's memory.
PARAMETERS = {
    *("page", "kind", "category", "authority", "department", "district", "status", "tab"),
    *("order", "sort", "decided_from", "decided_until", "published_on"),
}
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")

Key = tuple[bool, str, str, str, bool]


def mark(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say of an answer of `PublicView` that it may be kept; a view that knows better has said so itself."""
    if request.method in ("GET", "HEAD") and is_visitor(request):
        response.setdefault("Cache-Control", PUBLIC)


def is_visitor(request: HttpRequest) -> bool:
    """Whether nothing is known of who asks: no session, and no message left over from one."""
    return not request.META.get("HTTP_COOKIE") or (
        settings.SESSION_COOKIE_NAME not in request.COOKIES and "messages" not in request.COOKIES
    )


def query_of(raw: str) -> str | None:
    """The query in one spelling, nothing when pages are not kept under it.

    Blank parts say nothing, and page 1 is the page without a number.
    """
    if not raw:
        return ""
    if len(raw) > LONGEST_QUERY:
        return None
    parts = [part for part in parse_qsl(raw) if part != ("page", "1")]
    names = {name for name, _ in parts}
    if len(names) != len(parts) or not names <= PARAMETERS:
        return None
    return urlencode(sorted(parts))


def key_of(request: HttpRequest) -> Key | None:
    """Host and scheme belong to the key: links to this site itself stand in the page.

    The host is taken as it was sent. One that is not ours finds nothing here and is refused further in.
    """
    query = query_of(request.META.get("QUERY_STRING", ""))
    if query is None:
        return None
    host = request.META.get("HTTP_HOST", "")
    return request.is_secure(), host, request.path, query, care.is_on(request)


@dataclass
class Page:
    """One rendered page with all its headers but those of encoding, ready for any visitor."""

    body: bytes
    headers: ResponseHeaders
    born: float
    generation: str | None
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        # Weak: the compressed and the plain form of a page are one page.
        self.etag = f'W/"{hashlib.blake2b(self.body, digest_size=12).hexdigest()}"'
        self.headers["ETag"] = self.etag

    @cached_property
    def compressed(self) -> bytes:
        """Safe from BREACH: nothing in the page is secret, it is the same for every visitor."""
        return gzip.compress(self.body, 5, mtime=0)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        zipped = bool(GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")))
        body = self.compressed if zipped else self.body
        response = HttpResponse(b"" if request.method == "HEAD" else body)
        response.headers._store.update(
            self.headers._store
        )  # encoded before: half the cost of an answer
        response["Content-Length"] = str(len(body))
        if zipped:
            response["Content-Encoding"] = "gzip"
        if "HTTP_IF_NONE_MATCH" not in request.META:
            return response
        return get_conditional_response(request, etag=self.etag, response=response) or response


def page_of(response: HttpResponseBase, born: float, generation: str | None) -> Page | None:
    """The page in an answer that anyone may have; nothing for any other answer."""
    if (
        response.status_code != 200
        or not isinstance(response, HttpResponse)
        or "public" not in response.get("Cache-Control", "")
        or response.cookies
        or response.has_header("Content-Encoding")
    ):
        return None
    headers = ResponseHeaders({n: v for n, v in response.items() if n != "Content-Length"})
    # Asked without a session, the page had nothing of a cookie to depend on; 关怀版 has an ETag of its own.
    varies = [part.strip() for part in headers.get("Vary", "").split(",")]
    kept = [part for part in varies if part and part.lower() != "cookie"]
    headers["Vary"] = ", ".join(dict.fromkeys([*kept, "Accept-Encoding"]))
    return Page(response.content, headers, born, generation)


class Stamp:
    """The generation, looked at once in a while; while it cannot be read nothing is kept."""

    def __init__(self) -> None:
        self._value: str | None = None
        self._until = 0.0

    def now(self, clock: float) -> str | None:
        if clock >= self._until:
            self._value = freshness.generation()
            self._until = time.monotonic() + GLANCE
        return self._value


class Pages:
    """The pages of this process, the longest unused thrown out first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self.life = settings.PAGE_LIFE  # seconds, from before the page was rendered

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Key, clock: float, generation: str | None) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            if clock - page.born >= self.life or page.generation != generation:
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: Key, page: Page) -> None:
        if len(page.body) > LARGEST_PAGE or not self.life:
            return
        with self._lock:
            if key in self._pages:
                self._drop(key)
            self._pages[key] = page
            self._bytes += len(page.body)
            while len(self._pages) > MOST_PAGES or self._bytes > MOST_BYTES:
                self._drop(next(iter(self._pages)))

    def _drop(self, key: Key) -> None:
        self._bytes -= len(self._pages.pop(key).body)


class PageCacheMiddleware:
    """Stands in front of everything that a page for visitors does not need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.pages = Pages()
        self.stamp = Stamp()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            request.method not in ("GET", "HEAD")
            or request.path.startswith(PRIVATE_TREES)
            or "HTTP_HX_REQUEST" in request.META
            or not is_visitor(request)
            or maintenance.is_on()
        ):
            return self.get_response(request)
        key = key_of(request)
        clock = time.monotonic()
        generation = self.stamp.now(clock) if key else None
        kept = self.pages.get(key, clock, generation) if key and generation else None
        if kept:
            return kept.answer(request)
        return self.render(request, key, clock, generation)

    def render(
        self, request: HttpRequest, key: Key | None, clock: float, generation: str | None
    ) -> HttpResponseBase:
        response = self.get_response(request)
        if response.cookies and "public" in response.get("Cache-Control", ""):
            response["Cache-Control"] = PERSONAL  # a form for this visitor alone
        page = page_of(response, clock, generation)
        if page is None:
            return response
        if key and generation and "'nonce-" not in page.headers.get("Content-Security-Policy", ""):
            self.pages.put(key, page)
        return page.answer(request)
