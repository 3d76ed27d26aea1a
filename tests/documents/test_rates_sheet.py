import re

import pytest

from credit_portal.documents.services import render_pdf

from .papers import RARE, facts_of, month_of_rates, poppler, row, text_of

TEMPLATE = "documents/rates_report.html"


def squeezed(pdf: bytes) -> str:
    return re.sub(r"\s", "", text_of(pdf))


def test_the_report_says_everything_it_was_given() -> None:
    text = squeezed(render_pdf(TEMPLATE, month_of_rates()))
    for said in (
        "淮南市安全生产委员会办公室文件淮安委办〔2026〕18号",
        "淮南市安全生产“双公示”三率通报（2026年10月）",
        "应公示行政许可和行政处罚信息190条，已上报190条，上报率100.0%",
        "淮南市应急管理局190190100.0%190100.0%18999.5%",
        "合计190190100.0%190100.0%18999.5%",
        "应报数中2条未见录入",
        "淮南市消防救援支队32",
        "及时率：及时数除以上报数（某办法第七条）",
        "本期按“2026年口径”计算",
        "未公示3",
        "2026年11月3日抄送：市委办公室。",
        "2026年11月4日印发",
    ):
        assert said in text


def test_rare_characters_of_names_are_not_lost() -> None:
    pdf = render_pdf(TEMPLATE, month_of_rates())
    assert set(RARE) <= set(text_of(pdf))


def test_text_from_people_stays_text() -> None:
    pdf = render_pdf(TEMPLATE, month_of_rates())
    assert "<b>迟</b>" in re.sub(r"\s", "", poppler("pdftotext", pdf))


def test_a_month_without_decisions() -> None:
    empty = {key: "" if key.endswith("rate") else 0 for key in row("", 0)}
    pdf = render_pdf(
        TEMPLATE, month_of_rates(rows=[], total=empty, late=[], unknown=0, rule_set="")
    )
    text = squeezed(pdf)
    assert "本月没有应公示的决定" in text
    assert "已上报的信息中没有迟报的" in text
    assert "合计00—0—0—" in text
    assert "文书号连续" not in text


def test_the_head_of_a_long_table_stands_on_every_page_and_every_sheet_is_numbered() -> None:
    pdf = render_pdf(TEMPLATE, month_of_rates(rows=[row(f"第{n}局", n) for n in range(60)]))
    pages = text_of(pdf).rstrip("\f").split("\f")
    count = len(pages)
    assert count == int(facts_of(pdf)["Pages"]) >= 3
    assert {"应报数" in page for page in pages if re.search(r"第\d+局", page)} == {True}
    for number, page in enumerate(pages, 1):
        assert re.search(rf"— ?{number} ?—", page)
        assert re.search(rf"共 ?{count} ?页", page)
        assert not re.search(r"第 ?\d+ ?页", page)
        assert "编号 SL-202610-0001" in page
        assert "生成时间 2026-11-03 09:12" in page


@pytest.mark.parametrize(("number", "side"), [(1, "right"), (2, "left")])
def test_page_numbers_stand_at_the_outer_edge(number: int, side: str) -> None:
    pdf = render_pdf(TEMPLATE, month_of_rates(rows=[row(f"第{n}局", n) for n in range(60)]))
    page = poppler("pdftotext", pdf, "-bbox", "-f", str(number), "-l", str(number))
    dash = re.search(
        r'xMin="([\d.]+)" [^>]*>—</word>', page[page.rindex("<word", 0, page.index(">—<")) :]
    )
    assert dash
    assert (float(dash[1]) > 300) == (side == "right")


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # WeasyPrint leaves its colour profile open
def test_paper_and_archive_variant() -> None:
    plain, archive = (
        facts_of(render_pdf(TEMPLATE, month_of_rates(), variant=v)) for v in (None, "pdf/a-3u")
    )
    assert plain["Page size"] == archive["Page size"] == "595.276 x 841.89 pts (A4)"
    assert archive["Title"] == "淮南市安全生产“双公示”三率通报（2026年10月）"
    assert (plain["Metadata Stream"], archive["Metadata Stream"]) == ("no", "yes")
    assert "编号 SL-202610-0001" in archive["Subject"]
