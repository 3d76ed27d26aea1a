"""The trail of one decision says what each act changed, and the page lets people act before they unfold anything."""

from __future__ import annotations

from django.urls import reverse

from publicity import services
from publicity.services.entry import texts
from tests.factories.publicity import make_penalty, published, submitted


def address_of(row):
    return reverse("staff:publicity:decision_detail", args=[row.KIND, row.pk])


def edited(row, team, **changes):
    row.refresh_from_db()
    services.edit_decision(
        kind=row.KIND,
        pk=row.pk,
        values=texts(row) | changes,
        revision=row.revision,
        by=team.clerk,
        confirmed=True,
    )


def acts(client, row, word):
    return [one for one in client.get(address_of(row)).context["timeline"] if one["what"] == word]


def test_an_edit_tells_every_field_before_and_after(team, desk):
    row = make_penalty(team)
    edited(row, team, fine_amount="4.5", valid_until="2027-01-31", remarks="补充说明。")
    client = desk(team.clerk)
    (edit,) = acts(client, row, "修改")
    assert edit["changed"] == [
        ["罚款金额（万元）", "3.2", "4.5"],
        ["处罚有效期", "长期", "2027-01-31"],
        ["备注", "（空）", "补充说明。"],
    ]
    page = client.get(address_of(row)).content.decode()
    assert "改动 3 个栏目：罚款金额（万元）、处罚有效期、备注" in page
    assert "<summary>改动" in page


def test_numbers_of_papers_stay_masked(team, desk):
    row = make_penalty(team, person=True)
    edited(row, team, person_id_number="110105194912310038")
    (edit,) = acts(desk(team.reviewer), row, "修改")
    assert edit["changed"] == [["自然人证件号码", "**************002X", "**************0038"]]
    page = desk(team.reviewer).get(address_of(row)).content.decode()
    assert "11010519491231" not in page


def test_acts_that_leave_the_text_alone_tell_no_change(team, desk):
    row = published(make_penalty(team), team)
    timeline = desk(team.clerk).get(address_of(row)).context["timeline"]
    assert [entry["changed"] for entry in timeline] == [[]] * len(timeline)


def test_as_many_queries_for_a_long_trail(team, desk, queries_of):
    row = make_penalty(team)
    edited(row, team, remarks="0")
    client = desk(team.clerk)
    before = queries_of(client, address_of(row))
    for number in range(1, 8):
        edited(row, team, remarks=str(number), facts=f"第 {number} 次。")
    assert queries_of(client, address_of(row)) == before


def test_how_the_deadline_was_found_is_folded_and_says_its_end(team, desk):
    row = submitted(make_penalty(team), team)
    page = desk(team.reviewer).get(address_of(row)).content.decode()
    day, end = row.decided_on.isoformat(), row.deadline_on.isoformat()
    mark = "（暂定）" if row.deadline_provisional else ""
    assert f"<summary>{day} 作出，最迟 {end}{mark} 公示，怎样算的</summary>" in page
    assert '<details class="why" open>' not in page


def test_changes_since_a_return_are_named_beside_the_steps(team, desk):
    row = submitted(make_penalty(team), team)
    services.return_to_clerk(kind="penalty", ids=[row.pk], by=team.reviewer, reason="请核对金额。")
    edited(row, team, fine_amount="4.5")
    page = desk(team.reviewer).get(address_of(submitted(row, team))).content.decode()
    assert '<a href="#changed">退回后改动 1 个栏目</a>' in page
