"""Every address × method × principal does what matrix.yaml says, and a denial changes nothing."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from credit_portal.web.gates import SignedInView
from tests.factories.accounts import PRINCIPALS
from tests.meta.matrix import METHODS, RAW, addresses, expected
from tests.meta.samples import BODIES, SAMPLES

ADDRESSES = {address.name: address for address in addresses()}
# The clock of the session ticks for everybody.
NOT_OURS = {"django_session", "accounts_usersession"}
LET_THROUGH = {400, 409, 410, 503}
CLOSED = ("405", "403", "404", "login")


def test_every_address_stands_in_the_matrix():
    missing, gone = ADDRESSES.keys() - RAW["urls"].keys(), RAW["urls"].keys() - ADDRESSES.keys()

    assert not missing, f"say in tests/meta/matrix.yaml who may: {sorted(missing)}"
    assert not gone, f"no longer addresses, take out of tests/meta/matrix.yaml: {sorted(gone)}"


def test_every_address_with_parts_has_a_sample():
    bare = [name for name, address in ADDRESSES.items() if address.parts and name not in SAMPLES]

    assert not bare, f"give tests/meta/samples.py something for: {sorted(bare)}"


def test_staff_and_firm_pages_stand_behind_their_gates():
    """No view asks by itself who is looking; the door is allauth's and has its own rules."""
    from django.urls import resolve

    for name in ADDRESSES:
        tree = name.split(":")[0]
        if tree not in ("staff", "enterprise"):
            continue
        parts = dict.fromkeys(ADDRESSES[name].parts, 1)
        view = resolve(reverse(name, kwargs=parts)).func.view_class
        assert issubclass(view, SignedInView), f"{name} has no gate"


def outcome(response) -> str:
    code = response.status_code
    if code in (301, 302):
        at_door = response["Location"].split("?")[0] == reverse("account_login")
        return "login" if at_door else "ok"
    return "ok" if code < 400 or code in LET_THROUGH else str(code)


def writes() -> dict[str, int]:
    """How many rows of each table this transaction has written so far, undone writes included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {table: count for table, count in cursor.fetchall() if table not in NOT_OURS}


@pytest.mark.parametrize("name", sorted(ADDRESSES.keys() & RAW["urls"].keys()))
def test_cells(name, cast, sign_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path  # no files of other tests
    parts = SAMPLES[name](cast) if name in SAMPLES else {}
    url = reverse(name, kwargs=parts)
    body = BODIES[name](parts) if name in BODIES else {}
    clients = {who: Client() for who in PRINCIPALS}
    for who in PRINCIPALS[1:]:
        sign_in(clients[who], getattr(cast, who))
    wrong = []

    for method in METHODS:
        cells, posts = expected(name, method), expected(name, "POST")
        for who, due in cells.items():
            before = writes()
            with transaction.atomic():
                send = getattr(clients[who], method.lower())
                found = outcome(send(url, body) if method == "POST" else send(url))
                transaction.set_rollback(True)
            changed = {table for table, count in writes().items() if count != before.get(table, 0)}
            # Form views take PUT for POST: a method that is not named denies, or is no wider than POST.
            fine = found in (*CLOSED, posts[who]) if due == "closed" else found == due
            if not fine:
                wrong.append(f"{method} as {who}: {found}, should be {due}")
            if found not in ("ok", "login") and changed:
                wrong.append(f"{method} as {who}: denied, yet {sorted(changed)} changed")

    assert not wrong, f"{name} ({url})\n" + "\n".join(wrong)
