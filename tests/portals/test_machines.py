"""Pages for machines: what search engines are told, and what they are not."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credit_portal.portals.public import machines
from publicity.models import Publication
from tests.factories.publicity import FIRM, make_penalty, published
from tests.factories.records import MarketEntityFactory, valid_code

pytestmark = pytest.mark.django_db
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def addresses(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    return [node.text for node in ElementTree.fromstring(answer.content).iter(LOC)]


def test_robots(page_client):
    answer = page_client.get("/robots.txt")
    told = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain")
    for path in ("/staff/", "/enterprise/", "/sign-in/", "/search/"):
        assert f"Disallow: {path}\n" in told
    assert told.rstrip().endswith("/sitemap.xml")


def test_the_site_map_holds_what_is_public_now(page_client, team):
    shown = published(make_penalty(team, number=1), team)
    over = published(make_penalty(team, MarketEntityFactory(code=valid_code(5)), number=2), team)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Publication.objects.filter(reference=over.reference).update(
        starts_on=yesterday, ends_on=yesterday
    )
    sections = addresses(page_client, "/sitemap.xml")
    assert [one.rpartition("/")[2] for one in sections] == [
        f"sitemap-{name}.xml" for name in machines.SITEMAPS
    ]
    listed = [
        one for name in machines.SITEMAPS for one in addresses(page_client, f"/sitemap-{name}.xml")
    ]
    row = Publication.objects.get(reference=shown.reference)
    decisions = [one for one in listed if "/p/" in one]
    assert decisions == [f"http://testserver/p/{row.public_id}/"]
    assert [one for one in listed if "/entities/" in one] == [f"http://testserver/entities/{FIRM}/"]
    for one in listed:
        assert page_client.get(one.removeprefix("http://testserver")).status_code == 200


def test_it_is_split_and_costs_the_same(page_client, team, monkeypatch):
    monkeypatch.setattr(machines.PublicationSitemap, "limit", 2)
    for number in range(1, 4):
        published(make_penalty(team, number=number), team)
    with CaptureQueriesContext(connection) as few:
        assert "http://testserver/sitemap-decisions.xml?p=2" in addresses(
            page_client, "/sitemap.xml"
        )
    for number in range(4, 9):
        published(make_penalty(team, number=number), team)
    with CaptureQueriesContext(connection) as many:
        addresses(page_client, "/sitemap.xml")
    assert len(many) == len(few)
    assert len(addresses(page_client, "/sitemap-decisions.xml?p=4")) == 2


@pytest.mark.parametrize(
    "path",
    ["/sitemap-x.xml", "/sitemap-decisions.xml?p=1000000000", "/sitemap-decisions.xml?p=x"],
)
def test_parts_that_are_not_there(page_client, path):
    assert page_client.get(path).status_code == 404


def test_old_browsers_find_an_icon(page_client):
    answer = page_client.get("/favicon.ico")
    assert answer.status_code == 302
    assert "favicon" in answer["Location"]


def test_the_home_page_names_its_feeds(page_client):
    page = page_client.get("/").content.decode()
    assert 'type="application/atom+xml"' in page
    assert 'property="og:title"' in page


def test_crumbs_can_be_read_by_machines(page_client):
    page = page_client.get("/publicity/penalty/").content.decode()
    assert 'itemtype="https://schema.org/BreadcrumbList"' in page
    assert '<meta itemprop="position" content="2">' in page
