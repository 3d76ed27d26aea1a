"""Pages for visitors: kept briefly, told apart by ETag, gone when what they show is gone."""

from __future__ import annotations

import gzip
import time
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import ResponseHeaders
from django.middleware.csrf import get_token
from django.test import Client, override_settings
from django.urls import include, path

from credit_portal.web import page_cache
from credit_portal.web.gates import PublicView
from credit_portal.web.page_cache import Page, PageCacheMiddleware, Pages, query_of

RENDERED: list[str] = []


class Counted(PublicView):
    def get(self, request, name="page"):
        RENDERED.append(request.get_full_path())
        return HttpResponse(f"<p>{name} {len(RENDERED)} {'文' * 400}</p>")


class Formed(PublicView):
    def get(self, request):
        return HttpResponse(get_token(request))


class Streamed(PublicView):
    def get(self, request):
        return StreamingHttpResponse([b"a,b\n"])


class Own(PublicView):
    def get(self, request):
        response = HttpResponse("own")
        response["Cache-Control"] = "no-store"
        return response


class Noncing(PublicView):
    def get(self, request):
        RENDERED.append(request.path)
        response = HttpResponse("n")
        response["Content-Security-Policy"] = "script-src 'nonce-abc'"
        return response


def plain(request):
    RENDERED.append(request.path)
    return HttpResponse("plain")


urlpatterns = [
    path("counted/", Counted.as_view()),
    path("counted/<slug:name>/", Counted.as_view()),
    path("formed/", Formed.as_view()),
    path("streamed/", Streamed.as_view()),
    path("own/", Own.as_view()),
    path("noncing/", Noncing.as_view()),
    path("plain/", plain),
    path("", include("credit_portal.urls")),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def _keeping() -> Any:
    RENDERED.clear()
    with override_settings(PAGE_LIFE=3.0):
        yield


class TestKeeping:
    def test_the_second_visitor_gets_the_page_of_the_first(self, client):
        first, second = client.get("/counted/"), client.get("/counted/")

        assert len(RENDERED) == 1
        assert first.content == second.content
        assert first["ETag"] == second["ETag"]
        assert first["X-Request-ID"] != second["X-Request-ID"]

    def test_a_kept_page_bears_every_header_of_the_first(self, client):
        first, second = client.get("/counted/"), client.get("/counted/")

        own = {"X-Request-ID"}
        assert {k: v for k, v in first.items() if k not in own} == {
            k: v for k, v in second.items() if k not in own
        }
        assert "default-src 'self'" in second["Content-Security-Policy"]
        assert second["X-Frame-Options"] == "DENY"
        assert second["X-Content-Type-Options"] == "nosniff"
        assert second["Cache-Control"] == "public, no-cache"
        assert second["Vary"] == "Accept-Encoding"

    def test_no_cookie_is_given_to_a_visitor(self, client):
        for address in ("/", "/publicity/penalty/", "/search/?q=电梯", "/counted/"):
            assert client.get(address).cookies == {}, address

    def test_its_life_is_short(self, client):
        with override_settings(PAGE_LIFE=0.2):
            client.get("/counted/")
            client.get("/counted/")
            time.sleep(0.25)
            client.get("/counted/")

        assert len(RENDERED) == 2

    def test_nothing_is_kept_when_the_life_is_nought(self, client):
        with override_settings(PAGE_LIFE=0.0):
            client.get("/counted/")
            client.get("/counted/")

        assert len(RENDERED) == 2

    @override_settings(ALLOWED_HOSTS=["a.example", "b.example"])
    def test_hosts_and_schemes_are_kept_apart(self, client):
        for host in ("a.example", "b.example", "a.example"):
            client.get("/counted/", headers={"host": host})
        client.get("/counted/", headers={"host": "a.example"}, secure=True)

        assert len(RENDERED) == 3

    def test_a_foreign_host_is_refused_as_ever(self, client):
        assert client.get("/counted/", headers={"host": "evil.example"}).status_code == 400

    def test_care_is_kept_apart(self, client, settings):
        client.get("/counted/")
        client.cookies[settings.CARE_COOKIE_NAME] = "1"
        client.get("/counted/")
        client.get("/counted/")

        assert len(RENDERED) == 2

    @pytest.mark.parametrize(
        ("address", "headers"),
        [
            ("/plain/", {}),
            ("/counted/", {"hx-request": "true"}),
            ("/counted/?unknown=1", {}),
            ("/counted/?page=2&page=3", {}),
            ("/counted/?kind=" + "x" * 300, {}),
            ("/counted/?q=电梯", {}),
            ("/noncing/", {}),
        ],
    )
    def test_what_is_not_kept(self, client, address, headers):
        client.get(address, headers=headers)
        client.get(address, headers=headers)

        assert len(RENDERED) == 2

    @pytest.mark.parametrize("cookie", ["session", "messages"])
    def test_a_person_gets_a_page_of_their_own(self, client, settings, cookie):
        name = settings.SESSION_COOKIE_NAME if cookie == "session" else cookie
        client.cookies[name] = "x"
        answers = [client.get("/counted/") for _ in range(2)]

        assert len(RENDERED) == 2
        assert "ETag" not in answers[1]
        assert "public" not in answers[1].get("Cache-Control", "")

    def test_a_form_for_one_visitor_is_nobody_elses(self, client):
        answer = client.get("/formed/")

        assert answer.cookies
        assert answer["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer

    def test_streams_and_views_that_know_better(self, client):
        assert b"".join(client.get("/streamed/").streaming_content) == b"a,b\n"
        assert client.get("/own/")["Cache-Control"] == "no-store"
        assert "ETag" not in client.get("/own/")

    def test_only_reading_is_kept(self, client):
        assert client.post("/counted/").status_code == 405
        assert client.post("/counted/").status_code == 405


class TestQuery:
    @pytest.mark.parametrize(
        ("raw", "kept"),
        [
            ("", ""),
            ("page=1", ""),
            ("page=", ""),
            ("kind=permit&page=2", "kind=permit&page=2"),
            ("page=2&kind=permit", "kind=permit&page=2"),
            ("q=", ""),
            ("q=a", None),
            ("utm_source=x", None),
            ("page=2&page=2", None),
            ("kind=" + "x" * 200, None),
        ],
    )
    def test_one_spelling(self, raw, kept):
        assert query_of(raw) == kept


class TestConditions:
    def test_unchanged(self, client):
        tag = client.get("/counted/")["ETag"]

        again = client.get("/counted/", headers={"if-none-match": tag})

        assert again.status_code == 304
        assert again.content == b""
        assert again["ETag"] == tag
        assert again["Cache-Control"] == "public, no-cache"

    def test_changed(self, client):
        answer = client.get("/counted/", headers={"if-none-match": 'W/"other"'})

        assert answer.status_code == 200

    def test_a_page_that_is_not_kept_has_a_tag_too(self, client):
        answer = client.get("/search/?q=电梯")

        assert answer["ETag"].startswith('W/"')
        repeated = client.get("/search/?q=电梯", headers={"if-none-match": answer["ETag"]})
        assert repeated.status_code == 304

    def test_head_has_the_headers_of_get(self, client):
        got, head = client.get("/counted/"), client.head("/counted/")

        assert len(RENDERED) == 1
        assert head.content == b""
        assert head["Content-Length"] == got["Content-Length"] == str(len(got.content))
        assert head["ETag"] == got["ETag"]

    @pytest.mark.parametrize(
        ("accepts", "zipped"),
        [
            ("gzip, deflate, br", True),
            ("gzip;q=1.0", True),
            ("br", False),
            ("", False),
            ("gzip;q=0, br", False),
            ("gzip;q=0", False),
        ],
    )
    def test_compression(self, client, accepts, zipped):
        whole = client.get("/counted/").content
        answer = client.get("/counted/", headers={"accept-encoding": accepts})

        assert (answer.get("Content-Encoding") == "gzip") is zipped
        assert answer["Content-Length"] == str(len(answer.content))
        assert (gzip.decompress(answer.content) if zipped else answer.content) == whole

    def test_personal_pages_are_not_compressed(self, cast, sign_in):
        client = sign_in(Client(headers={"accept-encoding": "gzip"}), cast.clerk)

        assert "Content-Encoding" not in client.get("/staff/")
        assert "Content-Encoding" not in client.get("/")


class TestBounds:
    def page(self, size: int = 10, born: float | None = None) -> Page:
        return Page(
            b"x" * size, ResponseHeaders({}), time.monotonic() if born is None else born, "1"
        )

    def key(self, number: int) -> page_cache.Key:
        return False, "host", f"/{number}", "", False

    def test_number(self):
        pages = Pages()
        for number in range(page_cache.MOST_PAGES + 50):
            pages.put(self.key(number), self.page())
            pages.get(self.key(0), time.monotonic(), "1")

        assert len(pages) == page_cache.MOST_PAGES
        assert pages.get(self.key(0), time.monotonic(), "1"), "in use, hence kept"
        assert pages.get(self.key(1), time.monotonic(), "1") is None

    def test_bytes(self, monkeypatch):
        monkeypatch.setattr(page_cache, "MOST_BYTES", 1000)
        pages = Pages()
        for number in range(20):
            pages.put(self.key(number), self.page(100))
            pages.put(self.key(number), self.page(100))

        assert len(pages) == 10

    def test_one_large_page(self, monkeypatch):
        monkeypatch.setattr(page_cache, "LARGEST_PAGE", 99)
        pages = Pages()
        pages.put(self.key(1), self.page(100))

        assert len(pages) == 0


def test_it_stands_before_everything_a_page_does_not_need(settings):
    number, cache, *_ = settings.MIDDLEWARE

    assert number.endswith("RequestIdMiddleware")
    assert cache == f"{PageCacheMiddleware.__module__}.{PageCacheMiddleware.__name__}"
