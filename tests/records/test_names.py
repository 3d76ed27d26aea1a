from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.names import mask_person_name, search_form


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("淮南（集团） 有限公司", "淮南(集团)有限公司"),
        ("淮南〔集团〕【甲】有限公司", "淮南(集团)(甲)有限公司"),
        ("ＡＢＣ abc·技术,有限公司。", "ABCABC技术有限公司"),
        ("淮南市\n焜屿\u3000商贸\u200b行", "淮南市焜屿商贸行"),
        ("渟䶮㛃𡋤行", "渟䶮㛃𡋤行"),
        ("—“”", ""),
    ],
)
def test_search_form(name: str, form: str) -> None:
    assert search_form(name) == form


@given(st.text())
def test_search_form_is_stable(name: str) -> None:
    assert search_form(search_form(name)) == search_form(name)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王静", "王*"),
        (" 陈国栋 ", "陈**"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳", "欧*"),
        ("阿不都·热合曼", "阿******"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_mask_person_name(name: str, masked: str) -> None:
    assert mask_person_name(name) == masked
