"""Plausible content for every component: what the gallery page and the tests of the components show.

Invented firms and people; nothing is read from the database.
"""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.paginator import Paginator

from credit_portal.web.forms import PortalForm

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Named(SimpleNamespace):
    def __str__(self) -> str:
        return str(self.text)


class PenaltyForm(PortalForm):
    code = forms.CharField(
        label="统一社会信用代码",
        help_text="18位，输入后自动带出名称。",
        widget=forms.TextInput(attrs={"data-uppercase": "", "autocomplete": "off"}),
    )
    decided_on = forms.DateField(
        label="处罚决定日期", widget=forms.DateInput(attrs={"type": "date"})
    )
    fine = forms.DecimalField(label="罚款金额", required=False)
    kind = forms.ChoiceField(
        label="处罚类别", choices=[("1", "警告"), ("2", "罚款"), ("3", "责令停产停业")]
    )
    grade = forms.ChoiceField(
        label="失信等级",
        choices=[("a", "轻微"), ("b", "一般"), ("c", "严重")],
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(label="违法事实", widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label="已与决定书原件核对一致")


class FilterForm(forms.Form):
    q = forms.CharField(label="企业、代码或文书号", required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部"), ("draft", "草稿")], required=False
    )
    since = forms.DateField(
        label="决定日期从", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class MoreFilters(forms.Form):
    """Behind 更多条件."""

    number = forms.CharField(label="文书号", required=False)


RATES = ("上报率", "合规率", "及时率")


def explained(**changes: Any) -> SimpleNamespace:
    values = {
        "result": date(2026, 10, 13),
        "provisional": False,
        "rule": "自作出决定之日起7个工作日内公示",
        "clause": "发改办财金〔2018〕424号",
        "start": date(2026, 9, 24),
        "skipped": [SimpleNamespace(day=date(2026, 10, n), name="国庆节") for n in range(1, 8)],
        "note": "",
    }
    return SimpleNamespace(**{**values, **changes})


MENU = [
    {"label": "待办", "url": "#1", "active": True, "count": 17, "section": ""},
    {"label": "我的任务", "url": "#2", "active": False, "count": 0, "section": ""},
    {"label": "双公示", "url": "#3", "active": False, "count": 9, "section": "业务"},
    {"label": "信用记录", "url": "#4", "active": False, "count": 0, "section": "业务"},
    {"label": "市平台报送", "url": "#5", "active": False, "count": 2, "section": "报送与统计"},
]
PUBLIC_MENU = [
    {"label": label, "url": f"#{label}", "active": label == "双公示"}
    for label in (
        "首页",
        "双公示",
        "信用承诺",
        "守信与失信名单",
        "分级监管与抽查",
        "信用修复",
        "举报与奖励",
        "核验",
    )
]
FIRMS = (
    "淮南瀚峦化工有限公司",
    "寿县砺垚矿业有限责任公司",
    "凤台县焜屿建筑工程有限公司",
    "淮南铭垲机械制造有限公司",
)
STATES = (("已逾期", "red"), ("今天到期", "amber"), ("已退回", ""), ("待审核", "info"))


def decisions() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            id=n,
            name=name,
            code="91340405MAYHMM8F8X",
            reference=f"（淮）应急罚〔2026〕{118 + n}号",
            what="行政处罚·罚款3.2万元",
            state=state,
            tone=tone,
            days=(-1, 0, 2, 5)[n],
            due=date(2026, 11, 20 + n),
            date=explained(
                provisional=n == 2, note="2027年放假安排公布后重新计算。" if n == 2 else ""
            ),
        )
        for n, (name, (state, tone)) in enumerate(zip(FIRMS, STATES, strict=True))
    ]


def timeline() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            at=datetime(2026, 11, 12, 9, 5, tzinfo=SHANGHAI),
            who="王静",
            role="录入员",
            what="提交审核",
            reason="",
        ),
        SimpleNamespace(
            at=datetime(2026, 11, 12, 15, 40, tzinfo=SHANGHAI),
            who="李伟",
            role="审核员",
            what="退回",
            reason="处罚依据缺少条款，请补充到款、项。",
        ),
        SimpleNamespace(
            at=datetime(2026, 11, 12, 16, 20, tzinfo=SHANGHAI),
            who="王静",
            role="录入员",
            what="修改",
            reason="",
            changed=[["处罚依据", "第九十七条", "第九十七条第三项"]],
            summary="改动 1 个栏目：处罚依据",
            caption="2026-11-12 16:20 改动的栏目",
            columns=[{"label": label} for label in ("栏目", "改前", "改后")],
        ),
    ]


def base_context() -> dict[str, Any]:
    bad = PenaltyForm({"code": "91340405MAYHMM8F8", "kind": "2"})
    bad.add_error("code", "代码应为18位，目前是17位。")
    return {
        "site": settings.PORTAL_SITE,
        "staff_menu": MENU,
        "public_menu": PUBLIC_MENU,
        "desk": {
            "department": "淮南市应急管理局",
            "role": "录入员",
            "unread": 2,
            "search_url": "/staff/search/",
            "notices_url": "#notices",
            "account_url": "#account",
            "sign_out_url": "/out/",
        },
        "user": Named(is_authenticated=True, text="王静"),
        "form": bad,
        "fresh": PenaltyForm(),
        "filters": FilterForm(),
        "rows": decisions(),
        "entries": timeline(),
        "explained": explained(),
        "page": Paginator(range(1213), 20).page(3),
        "crumbs": [
            {"label": "首页", "url": "/"},
            {"label": "双公示", "url": "#"},
            {"label": "（淮）应急罚〔2026〕118号"},
        ],
        "tabs": [
            {"label": "行政处罚", "url": "#a", "count": 963, "active": True},
            {"label": "行政许可", "url": "#b", "count": 250, "active": False},
            {"label": "说明", "url": "#c", "count": None, "active": False},
        ],
        "facts": [
            {"label": "行政相对人", "value": FIRMS[0], "url": "#", "note": "91340405MAYHMM8F8X"},
            {"label": "决定书文号", "value": "（淮）应急罚〔2026〕118号"},
            {"label": "违法行为类型", "value": "未对从业人员进行安全生产教育和培训"},
            {"label": "备注", "value": ""},
            {
                "label": "公示期",
                "value": "2026-11-18 至 2027-11-11",
                "tag": "公示中·第5天",
                "tone": "green",
            },
        ],
        "verdicts": [
            {"label": "可导入", "count": 963, "tone": "green", "url": "#ok", "active": False},
            {"label": "需确认", "count": 2, "tone": "amber", "url": "#ask", "active": True},
            {"label": "有误", "count": 35, "tone": "red", "url": "#bad", "active": False},
        ],
        "import_rows": [
            {
                "number": 4,
                "name": FIRMS[0],
                "reference": "（淮）应急罚〔2026〕118号",
                "verdict": "accept",
                "problems": [],
            },
            {
                "number": 9,
                "name": "",
                "reference": "（淮）应急罚〔2026〕121号",
                "verdict": "reject",
                "problems": [
                    {
                        "column": "统一社会信用代码",
                        "sentence": "校验码不符，请核对第18位。",
                        "value": "91340405MAYHMM8F81",
                    },
                    {"column": "处罚决定日期", "sentence": "日期晚于今天。", "value": "2027-09-24"},
                ],
            },
        ],
        "columns": [
            {"label": "部门"},
            {"label": "应报数", "num": True},
            {"label": "上报率", "num": True},
        ],
        "table": [["淮南市应急管理局", "190", "100.0%"], ["寿县应急管理局", "64", "98.4%"]],
        "total": ["合计", "254", "99.6%"],
        "messages": [
            Named(level_tag="success", text="已提交审核，下一步由李伟审核。"),
            Named(level_tag="error", text="未能保存：文号与已有决定重复。"),
        ],
        "effects": ["3条决定将立即在公众网站公示", "同时报送市信用平台，不能撤回"],
        "headings": ["许可", "处罚"],
        "provisional": explained(provisional=True, note="2027年放假安排公布后重新计算。"),
        "made_at": datetime(2026, 11, 2, 9, 30, tzinfo=SHANGHAI),
        "only_page": Paginator(range(7), 20).page(1),
        "more_filters": MoreFilters(),
        "used_filters": FilterForm({"state": "draft", "since": "2026-10-01"}),
        "used_more_filters": MoreFilters({"number": "应急罚〔2026〕118号"}),
        "nothing": [],
        "draft": {"saved_at": "10:32", "newer": False},
        "overtaken": {"saved_at": "10:32", "newer": True},
        "organ": SimpleNamespace(
            public_phone="0554-0000001", public_address="演示市示例路 1 号（演示地址）"
        ),
        "organ_without": SimpleNamespace(public_phone="", public_address=""),
        "door": {"sign": "修", "label": "信用修复", "words": "条件、时间和材料", "url": "#"},
        "listings": [
            {
                "list_name": "安全生产严重失信主体名单",
                "organ": "淮南市应急管理局",
                "listed_on": date(2026, 5, 12),
                "ends_on": date(2029, 5, 11),
                "reason": "发生较大生产安全责任事故",
                "url": "#",
            }
        ],
        "tile": {
            "label": "我的记录",
            "note": "与公众看到的一致，以及即将公示的信息",
            "icon": "file-earmark-text",
            "url": "#",
            "count": 2,
            "unit": "条",
        },
        "offline_tile": {
            "label": "我的承诺",
            "note": "请向行业主管部门领取纸质承诺书。",
            "icon": "clipboard-check",
        },
        "care": {"on": False, "toggle_url": "#"},
        "qr": f"{settings.STATIC_URL}img/mark.svg",
        "field_group": list(PenaltyForm())[:2],
        "scopes": [
            {"label": "双公示", "url": "#", "active": True},
            {"label": "统一社会信用代码", "url": "#", "active": False},
        ],
        "samples": [
            Named(level_tag="success", text="已提交审核，下一步由李伟审核。"),
            Named(level_tag="info", text="已开始导入，可离开本页，稍后回来查看结果。"),
            Named(level_tag="warning", text="有 2 条没有提交：不在草稿状态。"),
            Named(level_tag="error", text="未能保存：文号与已有决定重复。"),
        ],
        "chart": {
            "columns": [{"label": "月份"}, *({"label": name, "num": True} for name in RATES)],
            "rows": [
                ["2026-07", "100.0%", "97.4%", "92.1%"],
                ["2026-08", "100.0%", "98.8%", "95.0%"],
                ["2026-09", "99.1%", "98.2%", "94.6%"],
                ["2026-10", "100.0%", "99.5%", "98.9%"],
                ["2026-11", "100.0%", "100.0%", "—"],
            ],
        },
        "compare": {
            "columns": [{"label": "单位"}, {"label": "应报数", "num": True}],
            "rows": [
                ["淮南市应急管理局", "190"],
                ["寿县应急管理局", "64"],
                ["凤台县应急管理局", "51"],
            ],
        },
    }
