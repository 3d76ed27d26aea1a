"""Nobody approves or publishes a text that was changed after they opened the page."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from publicity import services
from publicity.exceptions import EditConflict
from publicity.models import PenaltyDecision
from tests.factories.publicity import approved, make_penalty, submitted


def address_of(row, page="detail"):
    return reverse(f"staff:publicity:decision_{page}", args=[row.KIND, row.pk])


def revision_on(page):
    return int(re.search(r'name="revision" value="(\d+)"', page)[1])


@pytest.mark.parametrize(
    ("make", "person", "page", "action"),
    [
        (submitted, "reviewer", "detail", "approve"),
        (approved, "head", "publish", "publish"),
    ],
)
def test_a_page_opened_before_a_change_agrees_to_nothing(team, desk, make, person, page, action):
    row = make(make_penalty(team), team)
    client = desk(getattr(team, person))
    read = revision_on(client.get(address_of(row, page)).content.decode())
    before = PenaltyDecision.objects.get()
    PenaltyDecision.objects.update(revision=read + 1)

    sent = {"action": action, "revision": read}
    answer = client.post(address_of(row), sent, follow=True).content.decode()
    assert "您打开本页之后，这条信息有变动" in answer
    assert PenaltyDecision.objects.get().state == before.state

    client.post(address_of(row), sent | {"revision": read + 1})
    assert PenaltyDecision.objects.get().state != before.state


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 12])
def test_a_revision_that_is_none_is_as_if_not_sent(team, desk, revision):
    row = submitted(make_penalty(team), team)
    desk(team.reviewer).post(address_of(row), {"action": "approve", "revision": revision})
    assert PenaltyDecision.objects.get().state == "approved"


def test_the_service_looks_behind_the_lock(team):
    row = approved(make_penalty(team), team)
    with pytest.raises(EditConflict):
        services.publish(kind="penalty", ids=[row.pk], by=team.head, read=row.revision + 7)
