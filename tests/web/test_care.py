"""关怀版: one cookie, the same addresses, back to where one was and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from tests.web.test_static import STATIC, luminance, rules

pytestmark = pytest.mark.django_db
ON, OFF = "/care/on/", "/care/off/"


def link(page: str) -> str:
    found = re.search(r'class="care-link" href="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_switched_on_by_the_link_and_off_again(page_client):
    here = "/publicity/penalty/?page=1&decided_from=2026-01-01"
    before = page_client.get(here).content.decode()
    assert '<html lang="zh-CN">' in before
    assert "care.css" not in before

    answer = page_client.get(link(before))
    assert answer.status_code == 302
    assert answer["Location"] == here

    page = page_client.get(here).content.decode()
    assert '<html lang="zh-CN" class="care">' in page
    assert "care.css" in page
    assert re.findall(r'<nav class="care-menu[ "].*?</nav>', page, re.S)
    assert page_client.get(link(page))["Location"] == here
    assert page_client.get(here).content.decode() == before


def test_the_cookie(client):
    answer = client.get(f"{ON}?next=/")
    cookie = answer.cookies[settings.CARE_COOKIE_NAME]

    assert list(answer.cookies) == [settings.CARE_COOKIE_NAME]
    assert cookie.value == "1"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == 365 * 24 * 3600
    assert "no-store" in answer["Cache-Control"]
    assert client.get(OFF).cookies[settings.CARE_COOKIE_NAME]["max-age"] == 0


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "",
        "\x00/",
        "/p/x\r\nSet-Cookie: a=b",
    ],
)
def test_it_leads_nowhere_else(client, target):
    answer = client.get(ON, {"next": target})

    assert answer.status_code == 302
    place = urlsplit(answer["Location"])
    assert not place.netloc
    assert not place.scheme
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\"))
    assert "\n" not in answer["Location"]


@pytest.mark.parametrize("value", ["", "0", "on", "<script>", "1" * 5000])
def test_an_odd_cookie_is_no_cookie(page_client, value):
    page_client.cookies[settings.CARE_COOKIE_NAME] = value

    assert b'class="care"' not in page_client.get("/").content


@pytest.mark.parametrize(
    "address", ["/", "/search/?q=电梯", "/publicity/permit/", "/publicity/nothing/", "/sign-in/"]
)
def test_every_frame_of_visitors_has_it(page_client, address):
    page_client.cookies[settings.CARE_COOKIE_NAME] = "1"

    assert b'class="care"' in page_client.get(address).content


def test_firms_have_it_and_staff_pages_keep_their_size(cast, sign_in, page_client):
    page_client.cookies[settings.CARE_COOKIE_NAME] = "1"
    sign_in(page_client, cast.firm_head)
    page = page_client.get("/enterprise/").content.decode()
    assert 'class="care"' in page
    assert link(page) == f"{OFF}?next=%2Fenterprise%2F"
    assert '<a href="tel:12350">举报 12350</a>' in page

    sign_in(page_client, cast.clerk)
    assert b'class="care"' not in page_client.get("/staff/").content


@pytest.mark.parametrize("address", ["/publicity/permit/", "/sign-in/"])
def test_the_hotline_is_within_reach_in_every_frame(page_client, address):
    plain = page_client.get(address).content.decode().count('href="tel:12350"')
    page_client.cookies[settings.CARE_COOKIE_NAME] = "1"

    assert page_client.get(address).content.decode().count('href="tel:12350"') == plain + 1


def test_a_page_that_answers_a_form_leads_to_the_first_page(page_client):
    page = page_client.post("/search/").content.decode() or page_client.get("/").content.decode()

    assert reverse("care_on") in page


CARE = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]+);", rules(STATIC / "css" / "care.css")))
PLAIN = dict(
    re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]+);", rules(Path(STATIC / "css" / "tokens.css")))
)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *(
            (ink, paper)
            for ink in ("ink", "ink-2", "ink-3", "brand-600", "cinnabar", "amber", "green")
            for paper in ("paper", "ground", "paper-2", "brand-50")
        ),
        *((tone, f"{tone}-50") for tone in ("cinnabar", "amber", "green")),
        ("ink-2", "line-2"),
        ("cinnabar", "cinnabar-50"),
        *(
            (ink, paper)
            for ink in ("on-brand", "on-brand-2", "on-brand-3")
            for paper in ("brand-900", "brand-700", "brand-600")
        ),
        ("on-brand", "cinnabar"),
        ("footer-ink", "footer"),
    ],
)
def test_contrast_is_seven_to_one(ink, paper):
    tokens = PLAIN | CARE
    light, dark = sorted((luminance(tokens[ink]), luminance(tokens[paper])), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 7
