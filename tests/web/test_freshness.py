"""What was taken down is gone: each process looks at the generation by itself."""

from __future__ import annotations

import time
from typing import Any

import pytest
import redis
from django.test import Client, override_settings

from credit_portal import freshness
from publicity import services
from publicity.models import DECISION_MODELS, Publication
from tests.factories import publicity as papers

from .test_page_cache import RENDERED

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.test_page_cache")]


@pytest.fixture(autouse=True)
def _keeping() -> Any:
    RENDERED.clear()
    with override_settings(PAGE_LIFE=3.0):
        yield


class TestFreshness:
    """Two stacks stand for two processes: each keeps pages and looks at the generation by itself."""

    @pytest.fixture
    def shown(self, transactional_db):
        team = papers.make_team()
        papers.published(papers.make_penalty(team), team)
        return Publication.objects.get(), team

    def patiently(self, client, address, status, limit=5.0) -> float:
        began = time.monotonic()
        while client.get(address).status_code != status:
            assert time.monotonic() - began < limit, f"{address} still shown"
            time.sleep(0.05)
        return time.monotonic() - began

    def test_a_decision_taken_down_is_gone_in_every_process(self, shown):
        publication, team = shown
        detail, listing = f"/p/{publication.public_id}/", "/publicity/penalty/"
        first, second = Client(), Client()
        for client in (first, second):
            assert client.get(detail).status_code == 200
            assert publication.document_number in client.get(listing).content.decode()

        kind, pk = publication.reference.split(":")
        services.withdraw(kind=kind, pk=int(pk), by=team.head, reason="复议撤销")

        for client in (first, second):
            assert self.patiently(client, detail, 410) < 1.5
            assert publication.document_number not in client.get(listing).content.decode()

    def test_without_the_generation_the_life_alone_takes_it_down(self, shown, monkeypatch):
        """A bump lost on the way (a process killed between commit and bump) costs three seconds, not more."""
        publication, team = shown
        detail = f"/p/{publication.public_id}/"
        monkeypatch.setattr(freshness, "move", lambda: None)
        client = Client()
        assert client.get(detail).status_code == 200

        kind, pk = publication.reference.split(":")
        services.withdraw(kind=kind, pk=int(pk), by=team.head, reason="复议撤销")

        assert client.get(detail).status_code == 200, "kept, else this test shows nothing"
        assert self.patiently(client, detail, 410) < 5

    def test_a_corrected_decision_shows_its_new_text(self, shown):
        publication, team = shown
        kind, pk = publication.reference.split(":")
        detail = f"/p/{publication.public_id}/"
        client = Client()
        client.get(detail)

        row = DECISION_MODELS[kind].objects.get(pk=int(pk))
        papers.corrected(row, team, facts="更正后的事实。")

        began = time.monotonic()
        while "更正后的事实。" not in client.get(detail).content.decode():
            assert time.monotonic() - began < 1.5
            time.sleep(0.05)

    def test_a_browser_that_asks_again_is_told(self, shown):
        publication, team = shown
        detail = f"/p/{publication.public_id}/"
        tag = Client().get(detail)["ETag"]
        kind, pk = publication.reference.split(":")
        services.withdraw(kind=kind, pk=int(pk), by=team.head, reason="复议撤销")

        answer = Client().get(detail, headers={"if-none-match": tag})

        assert answer.status_code == 410
        assert "no-cache" in answer["Cache-Control"]

    def test_an_undone_change_moves_nothing(self, transactional_db):
        from django.db import transaction

        before = freshness.generation()
        with transaction.atomic():
            freshness.public_pages_changed()
            transaction.set_rollback(True)
        assert freshness.generation() == before

        with transaction.atomic():
            freshness.public_pages_changed()
            freshness.public_pages_changed()
        assert int(freshness.generation()) == int(before) + 1

    def test_nothing_is_kept_while_redis_is_away(self, client):
        with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
            assert freshness.generation() is None
            freshness.move()  # says so in the log, and nothing else happens
            client.get("/counted/")
            answer = client.get("/counted/")

        assert len(RENDERED) == 2
        assert answer["ETag"]

    def test_a_store_that_was_emptied_counts_from_nought(self, settings):
        redis.from_url(settings.REDIS_URL).delete(freshness.KEY)

        assert freshness.generation() == "0"
