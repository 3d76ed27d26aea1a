"""A new form that takes over what the clerk entered last."""

from __future__ import annotations

from django.urls import reverse

from publicity.selectors.last_entered import last_entered
from tests.factories.publicity import make_penalty

NEW = reverse("staff:publicity:decision_create", args=["penalty"])


def test_it_is_offered_and_takes_over_what_is_no_ones_own(team, desk):
    client = desk(team.clerk)
    assert "从上一条复制" not in client.get(NEW).content.decode()
    make_penalty(team, number=1, violation_type="较早的一条")
    row = make_penalty(team, number=2, remarks="内部编号 7")
    assert 'href="?copy=last"' in client.get(NEW).content.decode()

    page = client.get(f"{NEW}?copy=last", follow=True)

    form = page.context["form"]
    taken = ("violation_type", "facts", "legal_basis", "penalty_category", "penalty_content")
    assert {name: form[name].value() for name in taken} == {
        name: getattr(row, name) for name in taken
    }
    assert form["fine_amount"].value() == "3.2"
    for name in ("party_name", "party_code", "document_number", "decided_on", "remarks"):
        assert not form[name].value()
    text = page.content.decode()
    assert "已带入您上一条的违法行为" in text
    assert "从上一条复制" not in text


def test_a_text_that_names_the_party_stays_behind(team, desk):
    row = make_penalty(team)
    row.facts = f"经查，{row.party_name}未培训。"
    row.save()
    form = desk(team.clerk).get(f"{NEW}?copy=last", follow=True).context["form"]
    assert not form["facts"].value()
    assert form["legal_basis"].value() == row.legal_basis


def test_it_has_a_key_of_its_own_and_is_kept_without_the_copy(team, desk):
    make_penalty(team)
    client = desk(team.clerk)
    address = client.get(f"{NEW}?copy=last", follow=True).redirect_chain[-1][0]
    assert client.get(address).status_code == 200
    client.post(address, {"draft": "save", "party_name": "甲公司"})
    (kept,) = client.get(reverse("staff:home")).context["unfinished"]
    assert kept.url == address.replace("&copy=last", "")
    assert "已带入" not in client.get(address).content.decode()


def test_only_what_one_entered_oneself(team, cast):
    make_penalty(team)
    assert last_entered(team.clerk, "permit") is None
    assert last_entered(cast.other_clerk, "penalty") is None
