"""The sheet of a firm's report, checked by a stranger."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.portals.enterprise.services import issue_report
from publicity.models import FirmReport
from publicity.selectors.public import SheetVerdict
from publicity.selectors.reports import check_report, printed_code, report_number
from tests.factories.publicity import make_firm, make_penalty, published

pytestmark = pytest.mark.django_db
GENUINE, CHANGED, UNKNOWN = "出具后没有变化", "出具后公示的信息已有变化", "编号与校验码不符"


@pytest.fixture
def report(team, cast) -> FirmReport:
    firm = make_firm()
    published(make_penalty(team, firm, number=1), team)
    return issue_report(entity=firm, link=lambda path: f"http://x{path}", by=cast.firm_head)[0]


@pytest.fixture
def ask(page_client):
    def answer(report, code=None):
        query = {} if code is None else {"d": code}
        page = page_client.get(f"/p/{report if isinstance(report, str) else report.number}/", query)
        assert page.status_code == 200
        return page.content.decode()

    return answer


def test_genuine_however_the_code_was_typed(report, ask):
    for code in (report.digest[:16], printed_code(report.digest), report.digest[:16].upper()):
        page = ask(report, f" {code} ")
        assert GENUINE in page
        assert report.entity.name in page
        assert report.file_digest in page


def test_what_changed_since(report, ask, team):
    published(make_penalty(team, report.entity, number=2), team)
    page = ask(report, report.digest[:16])
    assert CHANGED in page
    assert "〕1号" not in page


def test_a_new_name_is_a_change(report):
    type(report.entity).objects.update(name="淮南市新名有限公司")
    assert check_report(report.number, report.digest[:16]).verdict == SheetVerdict.SUPERSEDED


def test_a_stranger_learns_nothing(report, ask, team, cast):
    other = issue_report(entity=report.entity, link=lambda path: path, by=cast.firm_head)[0]
    for code in ("0" * 16, other.digest[:16], report.digest[:15], "?", "x" * 900, "😀"):
        page = ask(report, code)
        assert UNKNOWN in page
        assert report.entity.name not in page
    known, unknown = ask(report), ask("XB-20200101-0123456789")
    assert known.replace(report.number, "") == unknown.replace("XB-20200101-0123456789", "")
    assert UNKNOWN not in known
    assert UNKNOWN in ask("XB-20200101-0123456789", report.digest[:16])


@pytest.mark.parametrize("change", [str.lower, lambda n: n.replace("-", ""), lambda n: f" {n} "])
def test_the_search_box_knows_the_number(report, page_client, change):
    answer = page_client.get("/search/", {"q": change(report.number)})
    assert answer["Location"] == f"/p/{report.number}/"


def test_what_is_no_number():
    assert report_number("ＸＢ－20261125－0123456789") == "XB-20261125-0123456789"
    for typed in ("XB-20261125-012345678", "XB-20261125-012345678G", "XB-", "hbdc59vdc9x5"):
        assert report_number(typed) == ""


def test_only_for_the_own_firm(report, cast):
    with pytest.raises(NotAllowed):
        issue_report(entity=report.entity, link=str, by=cast.other_firm_head)
    assert FirmReport.objects.count() == 1


def test_nothing_is_rewritten(report):
    for change in (lambda rows: rows.update(state=""), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(FirmReport.objects.all())
