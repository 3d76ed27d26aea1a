"""The conditions in force on a list: their words, and the addresses without them."""

from __future__ import annotations

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template

from credit_portal.accounts.models import Department
from credit_portal.web.templatetags.conditions import conditions
from tests.factories.publicity import make_department


class Plain(forms.Form):
    q = forms.CharField(label="企业或文号（至少两个字）", required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部"), ("draft", "草稿")], required=False
    )
    since = forms.DateField(label="日期自", required=False)
    tab = forms.CharField(widget=forms.HiddenInput, required=False)


def of(query: str):
    form = Plain(QueryDict(query))
    fields = list(form)
    return conditions(fields[:1], fields[1:])


def words(found):
    return [(chip.label, chip.value, chip.wrong) for chip in found.chips]


def test_a_blank_form_has_none() -> None:
    found = of("sort=-due&page=3&q=%20%20")
    assert (found.chips, found.clear_url, found.folded, found.unfold) == ([], "", 0, False)
    assert conditions(Plain()).chips == []


def test_each_has_a_word_and_the_address_without_it() -> None:
    found = of("q=%20淮南%20&state=draft&tab=x&sort=-due&page=3")
    assert words(found) == [("企业或文号", "淮南", False), ("状态", "草稿", False)]
    assert QueryDict(found.chips[0].url[1:]).dict() == {
        "state": "draft",
        "tab": "x",
        "sort": "-due",
    }
    assert QueryDict(found.clear_url[1:]).dict() == {"tab": "x", "sort": "-due"}
    assert found.folded == 1
    assert of("q=淮南").chips[0].url == "?"


def test_the_fold_opens_only_for_what_must_be_mended() -> None:
    assert not of("state=draft").unfold
    wrong = of("since=2026-02-30&state=x")
    assert wrong.unfold
    assert words(wrong) == [("状态", "x", True), ("日期自", "2026-02-30", True)]


@pytest.mark.django_db
def test_a_row_of_a_table_says_its_name_without_a_look_at_the_others(
    django_assert_num_queries,
) -> None:
    class Rows(forms.Form):
        organ = forms.ModelChoiceField(
            Department.objects.all(), label="机关", to_field_name="uscc", required=False
        )

    department = make_department()
    form = Rows(QueryDict(f"organ={department.uscc}"))
    assert form.is_valid()
    with django_assert_num_queries(0):
        assert words(conditions(form)) == [("机关", department.name, False)]


def test_the_bar_shows_them_and_keeps_the_fold_closed() -> None:
    form = Plain(QueryDict("q=淮南&state=draft"))
    fields = list(form)
    page = Template('{% include "components/filter_bar.html" with form=a folded=b only %}').render(
        Context({"a": fields[:1], "b": fields[1:]})
    )
    assert "<details>" in page
    assert "已用 1 项" in page
    assert "状态：草稿" in page
    assert "全部清除" in page
    one = Template('{% include "components/filter_bar.html" with form=a only %}').render(
        Context({"a": Plain(QueryDict("q=淮南"))})
    )
    assert "全部清除" not in one
