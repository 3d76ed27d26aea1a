"""Sign-in through the service portal, against a real provider on this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.urls import reverse

from credit_portal.accounts.exceptions import AccountRefused
from credit_portal.accounts.models import RoleMembership, User
from credit_portal.accounts.provider import PROVIDER
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import disable_user, grant_role, link_identity
from credit_portal.audit.models import AuditEvent
from tests.factories.accounts import BUREAU, FIRM, OTHER_FIRM, PASSWORD, make_user
from tests.factories.publicity import make_firm
from tests.provider import FAULTS, OpenIDProvider, running_provider

pytestmark = pytest.mark.django_db

START, BACK = "/sign-in/service-portal/", "/sign-in/service-portal/back/"
IDENTITY, LETTER = "/sign-in/activate/identity/", "/sign-in/activate/"
HEAD = {"uscc": FIRM, "role": "legal_person"}


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    with running_provider(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def provider(process, settings) -> OpenIDProvider:
    settings.OIDC = process.settings()
    process.says()
    return process


def consent(location: str) -> str:
    """What the person does at the provider; answers the address the browser is sent back to."""
    with httpx.Client(trust_env=False) as away:
        page = away.get(location)
        assert "同意并登录" in page.text
        url = urlsplit(location)
        answer = away.get(f"{url.scheme}://{url.netloc}/consent?{url.query}")
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def come_back(client):
    """Through the provider and back; the answer of the page of return."""
    out = client.get(START)
    assert out.status_code == 302
    back = urlsplit(consent(out["Location"]))
    assert back.path == BACK
    return client.get(f"{BACK}?{back.query}")


def whoami(client) -> str:
    request = HttpRequest()
    request.session = client.session
    return get_user(request).get_username()


def said(client) -> str:
    return client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_a_legal_representative_becomes_head(provider, client, db, alg):
    firm = make_firm()
    provider.says(alg=alg, **HEAD)

    assert come_back(client)["Location"] == IDENTITY
    page = client.get(IDENTITY).content.decode()
    assert firm.name in page
    assert not User.objects.exists()
    answer = client.post(IDENTITY, {"name": "高鹏", "phone": "13800000000"})

    assert answer["Location"] == "/enterprise/"
    user = User.objects.get()
    assert whoami(client) == user.username
    assert (user.name, user.phone, user.has_usable_password()) == ("高鹏", "13800000000", False)
    held = RoleMembership.objects.get()
    assert (held.role, held.entity_code, held.user) == (Role.ENTERPRISE_HEAD, FIRM, user)
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid, account.extra_data) == (PROVIDER, "1", {})
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"account.created", "account.identity_linked", "role.granted"} <= actions


def test_the_second_time_is_a_plain_sign_in(provider, client, db):
    make_firm()
    provider.says(**HEAD)
    come_back(client)
    client.post(IDENTITY, {"name": "高鹏", "phone": "13800000000"})
    client.post("/sign-in/out/")

    answer = come_back(client)

    assert answer["Location"] == "/enterprise/"
    assert whoami(client) == User.objects.get().username
    assert AuditEvent.objects.filter(action="account.signed_in").count() == 2


def test_a_second_firm_is_offered_to_a_known_person(provider, client, db):
    user = make_user()
    link_identity(user=user, provider=PROVIDER, uid="1")
    make_firm(OTHER_FIRM, "寿县屿岑化工有限公司")
    provider.says(uscc=OTHER_FIRM, role="legal_person")

    assert come_back(client)["Location"] == IDENTITY
    assert client.post(IDENTITY)["Location"] == "/enterprise/"
    assert RoleMembership.objects.get().user == user


@pytest.mark.parametrize(
    ("claims", "changes"),
    [
        (HEAD, {"TRUSTED_FOR_HEADS": False}),
        ({"uscc": FIRM, "role": "agent"}, {}),
        ({"role": "legal_person"}, {}),
        ({"uscc": FIRM}, {}),
        ({"uscc": None, "role": None, "name": None}, {}),
        ({"uscc": ["a"], "role": {"legal_person": 1}}, {}),
    ],
)
def test_without_a_trusted_word_the_letter_is_asked_for(
    provider, client, db, settings, claims, changes
):
    make_firm()
    settings.OIDC = provider.settings(**changes)
    provider.says(**claims)

    answer = come_back(client)

    assert not RoleMembership.objects.exists()
    if answer["Location"] == IDENTITY:  # a code that is none
        answer = client.get(IDENTITY)
    assert answer["Location"] == LETTER
    assert "已通过政务服务网的身份验证" in client.get(LETTER).content.decode()
    assert client.get(IDENTITY)["Location"] == LETTER
    assert client.post(IDENTITY, {"name": "高鹏", "phone": "13800000000"})["Location"] == LETTER
    assert not User.objects.exists()


def test_a_firm_with_another_head_needs_a_letter(provider, client, cast, db):
    make_firm()
    head = cast.firm_head
    provider.says(**HEAD)
    come_back(client)

    answer = client.post(IDENTITY, {"name": "高鹏", "phone": "13800000000"})

    assert "已有主要负责人账号" in answer.content.decode()
    assert RoleMembership.objects.get(role=Role.ENTERPRISE_HEAD, ended_at=None).user == head
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1


@pytest.mark.parametrize("fault", sorted({*FAULTS} - {"down", "other_issuer"}))
def test_an_unsound_answer_opens_nothing(provider, client, db, fault):
    make_firm()
    provider.says(fault=fault, **HEAD)

    answer = come_back(client)

    assert answer["Location"] == "/sign-in/"
    page = said(client)
    assert "未能通过安徽政务服务网登录" in page
    assert ("没有同意授权" in page) == (fault == "refused")
    assert "企业用户用安徽政务服务网登录" in page  # the way to try again
    assert client.get(IDENTITY)["Location"] == LETTER
    assert "已通过政务服务网" not in client.get(LETTER).content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("fault", ["down", "other_issuer"])
def test_a_provider_that_cannot_be_used(provider, client, db, settings, fault):
    provider.says(fault=fault)
    assert client.get(START)["Location"] == "/sign-in/"
    page = said(client)
    assert "未能通过安徽政务服务网登录" in page
    assert f"仍不成功请拨打 {settings.PORTAL_SITE['phone']}" in page


def test_nobody_listens(provider, client, db, settings):
    settings.OIDC = provider.settings(ISSUER="http://127.0.0.1:9")
    assert client.get(START)["Location"] == "/sign-in/"


def test_an_answer_serves_once_and_only_its_own_browser(provider, client, db):
    from django.test import Client

    back = urlsplit(consent(client.get(START)["Location"]))
    address = f"{BACK}?{back.query}"
    assert Client().get(address)["Location"] == "/sign-in/"
    assert client.get(address)["Location"] == LETTER
    client.session.flush()
    assert client.get(address)["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?error=server_error&state=x", "?code=&state="]
)
def test_an_answer_nobody_asked_for(provider, client, db, query):
    assert client.get(f"{BACK}{query}")["Location"] == "/sign-in/"


def test_staff_are_never_entered_this_way(provider, client, cast):
    """Neither by the same name or e-mail, nor by a link that stood before they became staff."""
    make_firm()
    clerk = cast.clerk
    User.objects.filter(pk=clerk.pk).update(email="clerk@example.gov.cn")
    provider.says(
        preferred_username="clerk",
        name="王静",
        email="clerk@example.gov.cn",
        email_verified=True,
        **HEAD,
    )
    assert come_back(client)["Location"] == IDENTITY
    assert whoami(client) == ""
    client.post(IDENTITY, {"name": "王静", "phone": "13800000000"})
    new = SocialAccount.objects.get().user
    assert new != clerk
    assert whoami(client) == new.username != "clerk"

    client.post("/sign-in/out/")
    grant_role(user=new, role=Role.CLERK, department=cast.bureau, by=None)
    assert come_back(client)["Location"] == "/sign-in/"
    assert whoami(client) == ""
    assert "工作人员账号请使用" in said(client)


def test_staff_accounts_take_no_identity(cast, db):
    with pytest.raises(AccountRefused, match="工作人员"):
        link_identity(user=cast.clerk, provider=PROVIDER, uid="1")
    with pytest.raises(AccountRefused, match="工作人员"):
        link_identity(
            user=make_user("moved", department=cast.departments[BUREAU]), provider=PROVIDER, uid="1"
        )
    one, other = make_user("one"), make_user("other")
    first = link_identity(user=one, provider=PROVIDER, uid="1")
    assert link_identity(user=one, provider=PROVIDER, uid="1") == first
    with pytest.raises(AccountRefused, match="已绑定其他账号"):
        link_identity(user=other, provider=PROVIDER, uid="1")


def test_a_closed_account_stays_closed(provider, client, db):
    user = make_user()
    link_identity(user=user, provider=PROVIDER, uid="1")
    disable_user(user=user, by=None, reason="试")
    assert come_back(client)["Location"] == "/sign-in/"
    assert whoami(client) == ""
    assert "已停用" in said(client)


def test_who_is_signed_in_is_led_home(provider, client, cast, sign_in):
    sign_in(client, cast.firm_head)
    assert client.get(START)["Location"] == "/enterprise/"


def test_the_page_of_the_door_offers_it_only_when_it_is_on(provider, client, db, settings):
    make_user()
    assert "用安徽政务服务网登录" in said(client)
    settings.OIDC = provider.settings(ISSUER="")
    assert "用安徽政务服务网登录" not in said(client)
    assert client.get(START).status_code == client.get(BACK).status_code == 404


def test_a_row_in_a_table_is_no_second_door(provider, client, db, settings):
    SocialApp.objects.create(
        provider=PROVIDER,
        provider_id=PROVIDER,
        name="x",
        client_id="x",
        secret="x",
        settings={"server_url": "https://evil.example"},
    )
    assert client.get(START)["Location"].startswith(provider.issuer)
    from allauth.socialaccount.adapter import get_adapter

    settings.OIDC = provider.settings(ISSUER="")
    assert get_adapter().list_apps(None) == []
    assert get_adapter().is_open_for_signup(None, None) is False


def test_the_password_stays_a_stranger(provider, client, db):
    """An account opened by the portal has no password to guess."""
    make_firm()
    provider.says(**HEAD)
    come_back(client)
    client.post(IDENTITY, {"name": "高鹏", "phone": "13800000000"})
    name = User.objects.get().username
    client.post("/sign-in/out/")
    client.post(reverse("account_login"), {"login": name, "password": PASSWORD})
    assert whoami(client) == ""


def test_there_is_no_password_to_change(provider, client, db):
    make_firm()
    provider.says(**HEAD)
    come_back(client)
    client.post(IDENTITY, {"name": "高鹏", "phone": "13800000000"})
    answer = client.get("/sign-in/password/", follow=True)
    assert "无需修改" in answer.content.decode()


def test_a_known_account_takes_the_identity_along_with_a_letter(provider, client, cast):
    """Signed in with the password while an identity waits: both stand for the same account."""
    from tests.records.test_letters import code_in, issue

    issued = issue(cast)
    make_user("boss", name="高鹏")
    come_back(client)
    client.post("/sign-in/", {"login": "boss", "password": PASSWORD})
    client.post(LETTER, {"firm_code": FIRM, "code": code_in(issued.pdf)})
    assert client.post(f"{LETTER}firm/")["Location"] == "/enterprise/"
    assert SocialAccount.objects.get().user.username == "boss"
