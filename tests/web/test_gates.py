"""The three gates, the menus and the error pages."""

import pytest
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission, Role
from credit_portal.accounts.services import enrol_totp, grant_role
from credit_portal.exceptions import Refusal
from credit_portal.urls import staff as staff_tree
from credit_portal.web import navigation
from credit_portal.web.forms import PortalForm
from credit_portal.web.gates import EnterpriseView, PublicView, StaffView
from credit_portal.web.navigation import MenuEntry
from tests.factories.accounts import FIRM, make_user


class Open(PublicView):
    def get(self, request):
        return HttpResponse("open")


class Edit(StaffView):
    permission = Permission.DECISION_EDIT

    def get(self, request):
        return HttpResponse("、".join(one.name for one in self.departments))

    def post(self, request):
        self.require_in(self.user.department)
        return HttpResponse("done")


class AnyStaff(StaffView):
    def get(self, request):
        self.require_in(None)
        with pytest.raises(TypeError):
            self.departments  # noqa: B018
        return HttpResponse(self.user.name)


class Firm(EnterpriseView):
    def get(self, request):
        return HttpResponse("、".join(self.entity_codes))


def fail(request):
    raise RuntimeError


def missing(request):
    raise Http404("the firm 甲 exists")


urlpatterns = [
    path("open", Open.as_view()),
    path("edit", Edit.as_view()),
    path("any", AnyStaff.as_view()),
    path("firm", Firm.as_view()),
    path("fail", fail),
    path("missing", missing),
    path("", include("credit_portal.urls")),
]
from credit_portal.urls import handler400, handler403, handler404, handler500  # noqa: E402, F401

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize(
    ("who", "where", "status"),
    [
        ("visitor", "open", 200),
        ("clerk", "open", 200),
        ("visitor", "edit", 302),
        ("clerk", "edit", 200),
        ("reviewer", "edit", 403),
        ("sysadmin", "edit", 403),
        ("firm_head", "edit", 403),
        ("reviewer", "any", 200),
        ("firm_head", "any", 403),
        ("visitor", "firm", 302),
        ("firm_head", "firm", 200),
        ("clerk", "firm", 403),
    ],
)
def test_who_passes(cast, sign_in, page_client, who, where, status):
    if who != "visitor":
        sign_in(page_client, getattr(cast, who))

    assert page_client.get(f"/{where}").status_code == status


def test_what_the_gates_tell_their_views(cast, sign_in):
    assert sign_in(Client(), cast.clerk).get("/edit").content.decode() == "淮南市应急管理局"
    assert sign_in(Client(), cast.firm_head).get("/firm").content.decode() == FIRM
    assert sign_in(Client(), cast.clerk).post("/edit").content == b"done"


def test_a_permission_elsewhere_is_none_here(cast, sign_in, page_client):
    cast.clerk.department = cast.housing
    cast.clerk.save()

    answer = sign_in(page_client, cast.clerk).post("/edit")

    assert answer.status_code == 403
    assert (
        "您没有“录入和导入双公示信息”的权限（淮南市住房和城乡建设局）。" in answer.content.decode()
    )


def test_staff_without_proof_are_led_to_it(cast, sign_in):
    client = sign_in(Client(), cast.clerk, factor=False)
    assert client.get("/edit")["Location"] == "/sign-in/code/setup/?next=%2Fedit"

    enrol_totp(user=cast.clerk, by=None)
    assert client.get("/edit")["Location"] == "/sign-in/code/confirm/?next=%2Fedit"
    assert client.post("/edit")["Location"] == "/sign-in/code/confirm/?next=%2F"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/edit?kind=penalty", "%2Fedit%3Fkind%3Dpenalty"),
        ("http://testserver/edit", "%2Fedit"),
        ("http://testserver", "%2F"),
        ("http://testserver//elsewhere.example/", "%2F"),
        ("http://elsewhere.example/edit", "%2F"),
        ("", "%2F"),
    ],
)
def test_what_was_sent_without_a_session_is_reported_lost(db, client, referer, back):
    answer = client.post("/edit", headers={"referer": referer})
    assert answer["Location"] == f"/sign-in/?next={back}"
    page = client.get(answer["Location"]).content.decode()
    assert "刚才提交的内容没有保存" in page
    assert "刚才提交的内容没有保存" not in client.get("/sign-in/").content.decode()


def test_the_proof_of_one_is_not_the_proof_of_another(cast, sign_in):
    client = sign_in(Client(), cast.clerk)
    client.force_login(cast.reviewer)

    assert client.get("/any").status_code == 302


def test_a_refusal_comes_before_the_factor_for_people_of_firms(cast, sign_in):
    assert sign_in(Client(), cast.firm_head, factor=False).get("/edit").status_code == 403


@pytest.mark.parametrize(
    ("where", "status", "sentence"),
    [
        ("missing", 404, "您访问的页面不存在，或者不在您的查看范围内。"),
        ("no/such/page", 404, "您访问的页面不存在，或者不在您的查看范围内。"),
        ("fail", 500, "刚才的操作没有完成"),
    ],
)
def test_error_pages(page_client, where, status, sentence):
    page_client.raise_request_exception = False

    answer = page_client.get(f"/{where}")

    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert "甲" not in answer.content.decode()


def test_a_plain_denial_has_a_sentence_too(page_client):
    from django.core.exceptions import BadRequest, PermissionDenied

    from credit_portal.web import errors

    request = RequestFactory().get("/")
    request.session = {}
    request.user = User()

    assert (
        "您没有查看此页面的权限。" in errors.forbidden(request, PermissionDenied()).content.decode()
    )
    assert NotAllowed().user_message == "您没有办理此事项的权限。"
    assert errors.bad_request(request, BadRequest()).status_code == 400


def test_a_post_without_token_is_explained():
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/sign-in/", {"login": "a", "password": "b"})

    assert answer.status_code == 403
    assert "页面已失效" in answer.content.decode()


@pytest.mark.parametrize(("where", "cached"), [("open", False), ("sign-in/", True)])
def test_headers(page_client, where, cached):
    answer = page_client.get(f"/{where}")

    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert ("no-store" in answer.get("Cache-Control", "")) is cached


def test_personal_pages_stay_out_of_caches(cast, sign_in, page_client):
    answer = sign_in(page_client, cast.clerk).get("/open")

    assert answer["Cache-Control"] == "no-store, private"


class TestMenus:
    @pytest.fixture(autouse=True)
    def _own_menus(self, monkeypatch):
        for name in ("_staff", "_public", "_unread"):
            monkeypatch.setattr(navigation, name, [])

    def test_entries_follow_permission_and_order(self, cast):
        navigation.register_staff(
            MenuEntry("通知", "staff:notices:list", order=9, count=lambda user: 3),
            MenuEntry(
                "审计日志", "staff:audit:list", Permission.AUDIT_READ, section="管理", order=1
            ),
            MenuEntry("没有的", "staff:nowhere:list"),
        )
        navigation.register_staff(
            MenuEntry(
                "审计日志", "staff:audit:list", Permission.AUDIT_READ, section="管理", order=1
            )
        )

        assert navigation.staff_menu(cast.auditor, "/staff/audit/x/") == [
            {
                "label": "审计日志",
                "url": "/staff/audit/",
                "active": True,
                "count": 0,
                "section": "管理",
            },
            {"label": "通知", "url": "/staff/notices/", "active": False, "count": 3, "section": ""},
        ]
        assert [item["label"] for item in navigation.staff_menu(cast.clerk, "/")] == ["通知"]

    def test_public_menu_counts_nothing(self):
        navigation.register_public(MenuEntry("登录", "account_login", count=lambda user: 3))

        assert navigation.public_menu("/sign-in/") == [
            {"label": "登录", "url": "/sign-in/", "active": True, "count": 0, "section": ""}
        ]

    def test_the_bell_adds_up(self, cast):
        def two(user):
            return 2

        navigation.register_unread(two)
        navigation.register_unread(two)

        assert navigation.unread(cast.clerk) == 2


def test_context_of_a_visitor_is_empty():
    from credit_portal.web.context import navigation_of

    context = navigation_of(RequestFactory().get("/"))

    assert not context["desk"]
    assert not context["staff_menu"]


def test_the_desk_of_a_person_without_department(cast):
    from credit_portal.web.context import navigation_of

    request = RequestFactory().get("/")
    request.user = cast.officer

    assert navigation_of(request)["desk"]["department"] == ""
    assert navigation_of(request)["desk"]["role"] == "安委办工作人员"


def test_forms_name_their_empty_fields():
    from django import forms

    class Small(PortalForm):
        name = forms.CharField(label="名称")
        kind = forms.ChoiceField(label="种类", choices=[("a", "甲")])

    form = Small({})

    assert form.errors == {"name": ["请填写名称。"], "kind": ["请选择种类。"]}
    form.add_refusal(Refusal("已经公示，不能删除。"))
    assert form.non_field_errors() == ["已经公示，不能删除。"]


class TestHealth:
    def test_all_well(self, page_client):
        answer = page_client.get("/healthz")

        assert answer.status_code == 200
        assert answer.json() == {"database": "ok", "redis": "ok"}

    @override_settings(REDIS_URL="redis://127.0.0.1:1/0")
    def test_redis_away(self, page_client):
        answer = page_client.get("/healthz")

        assert answer.status_code == 503
        assert answer.json() == {"database": "ok", "redis": "down"}

    def test_database_away(self, page_client):
        from django.db import DatabaseError, connection

        def broken(*args):
            raise DatabaseError

        with connection.execute_wrapper(broken):
            answer = page_client.get("/healthz")

        assert answer.json() == {"database": "down", "redis": "ok"}


def test_a_new_role_opens_the_next_page(cast, sign_in):
    person = make_user()
    client = sign_in(Client(), person, factor=True)
    assert client.get("/edit").status_code == 403

    grant_role(user=person, role=Role.CLERK, department=cast.bureau, by=cast.secadmin)

    assert client.get("/edit").status_code == 200
    assert staff_tree


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/edit", "%2Fedit"),
        ("http://testserver/edit?a=1", "%2Fedit%3Fa%3D1"),
        ("http://evil.example/edit", "%2F"),
        ("http://testserver//evil.example", "%2F"),
        ("http://testserver", "%2F"),
        ("", "%2F"),
    ],
)
def test_what_a_form_sent_is_lost_in_words_and_the_way_leads_back(page_client, referer, back):
    answer = page_client.post("/edit", headers={"referer": referer})

    assert answer["Location"] == f"/sign-in/?next={back}"
    assert "刚才提交的内容没有保存" in page_client.get(answer["Location"]).content.decode()


class FirmForm(EnterpriseView):
    def get(self, request):
        return HttpResponse(
            '<form action="" method="post"><textarea name="words"></textarea></form>'
        )

    def post(self, request):
        return HttpResponse("sent")


urlpatterns.insert(0, path("firm/form", FirmForm.as_view()))


def test_forms_of_firms_are_kept_over_the_sign_in_too(cast, sign_in):
    client = sign_in(Client(), cast.firm_head)
    client.get("/firm/form")
    client.post("/sign-in/out/")
    page = {"referer": "http://testserver/firm/form"}
    sent = client.post("/firm/form", {"words": "整改<已>完成"}, headers=page)
    assert sent["Location"] == "/sign-in/?next=%2Ffirm%2Fform"

    shown = sign_in(client, cast.firm_head).get("/firm/form").content.decode()
    assert "整改&lt;已&gt;完成</textarea>" in shown
    assert client.post("/firm/form", {}, headers=page).content == b"sent"
    assert "整改" not in client.get("/firm/form").content.decode()
