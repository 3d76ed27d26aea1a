"""Error pages help: they say what happened and lead on, in the frame where one was."""

from __future__ import annotations

import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.template.exceptions import TemplateDoesNotExist
from django.test import Client, RequestFactory
from django.urls import include, path

from credit_portal.accounts.roles import Permission
from credit_portal.urls import handler400, handler403, handler404, handler500  # noqa: F401
from credit_portal.web import errors
from credit_portal.web.gates import StaffView


class Review(StaffView):
    permission = Permission.DECISION_REVIEW

    def get(self, request):
        return HttpResponse("ok")


def fail(request):
    raise RuntimeError("secret detail")


def refuse(request):
    raise BadRequest


urlpatterns = [
    path("fail/", fail),
    path("staff/fail/", fail),
    path("refuse/", refuse),
    path("staff/review/", Review.as_view()),
    path("", include("credit_portal.urls")),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class TestMissing:
    def test_a_visitor_finds_the_search_and_the_lists(self, page_client):
        page = page_client.get("/no/such/page").content.decode()

        assert 'action="/search/"' in page
        assert "找不到页面" in page
        assert "noindex" in page

    def test_staff_keep_their_frame(self, cast, sign_in, page_client):
        sign_in(page_client, cast.clerk)

        answer = page_client.get("/staff/publicity/penalty/999999/")
        page = answer.content.decode()
        assert answer.status_code == 404
        assert 'class="staff"' in page
        assert "回到待办" in page
        assert 'class="public"' in page_client.get("/nowhere").content.decode()

    def test_who_is_not_staff_learns_nothing_of_it(self, cast, sign_in, page_client):
        assert 'class="staff"' not in page_client.get("/staff/nowhere").content.decode()
        sign_in(page_client, cast.firm_head)
        assert 'class="staff"' not in page_client.get("/staff/nowhere").content.decode()


class TestRefused:
    def test_it_says_which_role_it_takes_and_who_gives_it(self, cast, sign_in, page_client):
        giver = cast.secadmin.name
        page = sign_in(page_client, cast.clerk).get("/staff/review/").content.decode()

        assert "您没有“审核双公示信息”的权限。" in page
        assert "具有这项权限的角色：审核员。" in page
        assert f"安全管理员（{giver}）" in page
        assert 'class="staff"' in page

    def test_a_firm_is_told_without_names(self, cast, sign_in, page_client):
        giver = cast.secadmin.name
        page = sign_in(page_client, cast.firm_head).get("/staff/review/").content.decode()

        assert "此页面仅供监管部门工作人员使用。" in page
        assert giver not in page
        assert 'class="public"' in page


class TestFailed:
    def test_the_number_is_in_the_page_and_the_header(self, page_client):
        page_client.raise_request_exception = False

        answer = page_client.get("/fail/")

        number = answer["X-Request-ID"].partition("-")[0]
        page = answer.content.decode()
        assert answer.status_code == 500
        assert number in page
        assert "secret detail" not in page
        assert answer["Cache-Control"] == "no-store"

    def test_from_the_desk_a_way_leads_back_to_the_desk(self, page_client):
        page_client.raise_request_exception = False
        assert 'href="/staff/"' in page_client.get("/staff/fail/").content.decode()
        assert 'href="/staff/"' not in page_client.get("/fail/").content.decode()

    def test_every_line_of_the_log_bears_the_number(self):
        from credit_portal.audit.context import RequestNumber, request_id

        record = logging.LogRecord("a", logging.ERROR, "", 1, "", None, None)
        token = request_id.set("1f3a9c2e-x")
        try:
            assert RequestNumber().filter(record)
        finally:
            request_id.reset(token)
        assert record.request_number == "1f3a9c2e-x"
        RequestNumber().filter(record)
        assert record.request_number == "-"

    def test_it_asks_nothing_of_the_database(self, page_client, django_assert_num_queries):
        page_client.raise_request_exception = False

        with django_assert_num_queries(0):
            assert page_client.get("/fail/").status_code == 500

    def test_a_page_that_cannot_be_drawn_is_said_plainly(self, monkeypatch, page_client):
        def broken(*args):
            raise TemplateDoesNotExist("500.html")

        page_client.raise_request_exception = False
        monkeypatch.setattr(errors, "render_to_string", broken)

        answer = page_client.get("/fail/")

        assert answer.status_code == 500
        assert "<h1>系统暂时出错</h1>" in answer.content.decode()


class TestOthers:
    def test_bad_request(self, page_client):
        answer = page_client.get("/refuse/")

        assert answer.status_code == 400
        assert "请求有误" in answer.content.decode()

    def test_a_host_that_is_not_ours(self):
        answer = Client().get("/", headers={"host": "evil.example"})

        assert answer.status_code == 400
        assert "请求有误" in answer.content.decode()
        assert "evil.example" not in answer.content.decode()

    @pytest.mark.parametrize(
        ("referer", "back"),
        [("http://testserver/sign-in/?next=/", "/sign-in/?next=/"), ("http://evil.example/a", "/")],
    )
    def test_an_old_form_leads_back_to_itself(self, referer, back):
        client = Client(enforce_csrf_checks=True)

        answer = client.post("/sign-in/", {"login": "a"}, headers={"referer": referer})

        assert answer.status_code == 403
        assert f'href="{back}"' in answer.content.decode()

    def test_a_request_without_user(self):
        request = RequestFactory().get("/staff/x/")
        assert not errors.in_staff_tree(request)
        request.user = AnonymousUser()
        assert not errors.in_staff_tree(request)
