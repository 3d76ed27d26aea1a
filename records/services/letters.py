"""Activation letters: issuing, revoking, and the one use that makes a head of a firm.

The order of a try is: count it, then judge it. A refusal that counted something must stay written, so the
counting commits by itself and only the use is one transaction.
"""

from __future__ import annotations

import datetime as dt
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy, security
from credit_portal.accounts import services as accounts
from credit_portal.accounts.addresses import network_of
from credit_portal.accounts.exceptions import SignInLocked
from credit_portal.accounts.models import Department, RoleMembership, SignInTrial, User
from credit_portal.accounts.roles import Permission, Role
from credit_portal.accounts.services import sign_in
from credit_portal.audit import services as audit
from credit_portal.documents import services as documents
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice

from ..exceptions import ActivationRefused, LetterRefused
from ..models import ActivationLetter, MarketEntity
from .representation import appoint_representative

# Without 0 O 1 I L 2 Z 5 S: nothing that reads like something else on paper. 27 characters, 76 bits in 16 places.
ALPHABET = "346789ABCDEFGHJKMNPQRTUVWXY"
GROUPS, GROUP = 4, 4
WRONG = (
    "统一社会信用代码或激活码不正确，或者激活函已失效、因多次输错而暂停。"
    "请对照激活函核对；仍不成功请过几小时再试，或联系签发部门。"
)
NEWER = "已另发新函"


@dataclass(frozen=True)
class IssuedLetter:
    """A letter and its sheet, which alone holds the code."""

    letter: ActivationLetter
    pdf: bytes


@transaction.atomic
def issue_letter(
    *,
    entity: MarketEntity,
    department: Department,
    replaces: int | None,
    address: str,
    by: User,
) -> IssuedLetter:
    """Write a letter for the firm's head. `replaces` is the live letter that the person saw, if any:
    a second press of the button is refused instead of spoiling the sheet just printed.

    `address` is the page of activation; the code of the firm is added to it.
    """
    policy.require(by, Permission.LETTER_ISSUE, department)
    entity = MarketEntity.objects.select_for_update().get(pk=entity.pk)
    if entity.status != MarketEntity.Status.ACTIVE:
        raise LetterRefused(f"{entity.name}的登记状态为“{entity.status}”，不能签发激活函。")
    open_letter = ActivationLetter.objects.select_for_update().filter(entity=entity).open().first()
    if (open_letter.pk if open_letter else None) != replaces:
        raise LetterRefused("该企业的激活函刚刚有变动，请核对下面的情况后再签发。")
    if open_letter:
        _revoke(open_letter, reason=NEWER, by=by)
    code = new_code()
    letter = ActivationLetter.objects.create(
        number=secrets.token_hex(8),  # until the row has its own
        entity=entity,
        department=department,
        code_hash=make_password(plain_code(code)),
        issued_by=by,
        expires_on=timezone.localdate() + dt.timedelta(days=security.rules().letter_valid),
    )
    letter.number = f"JH{timezone.localdate():%Y}{letter.pk:06d}"
    letter.save(update_fields=["number"])
    audit.record(
        "letter.issued",
        by=by,
        subject=letter,
        label=f"{letter} {entity.name}",
        department_code=department.uscc,
        changes={"entity": entity.code, "expires_on": str(letter.expires_on)},
    )
    return IssuedLetter(letter, _sheet(letter, code, address))


@transaction.atomic
def revoke_letter(*, letter: ActivationLetter, reason: str, by: User) -> ActivationLetter:
    policy.require(by, Permission.LETTER_ISSUE, letter.department)
    letter = ActivationLetter.objects.select_for_update().get(pk=letter.pk)
    if letter.used_at or letter.revoked_at:
        raise LetterRefused("该激活函已经启用或撤销，不能再撤销。")
    return _revoke(letter, reason=reason, by=by)


def try_code(*, firm_code: str, code: str, account: str, address: str) -> ActivationLetter:
    """The live letter that the code opens. Counted for the account (or the firm, before there is an account)
    from this address, and for the address, whether or not there is such a letter; and for the letter from
    wherever. One sentence for every miss."""
    trial: dict[str, Any] = {
        "kind": SignInTrial.Kind.LETTER,
        "account": account or firm_code,
        "address": network_of(address),
    }
    try:
        sign_in.begin_attempt(**trial)
    except SignInLocked as refusal:
        raise ActivationRefused(refusal.user_message) from refusal
    letter = _count_try(firm_code)
    # Without a letter as much is computed as with one, so that the time tells nothing.
    fits = check_password(plain_code(code), letter.code_hash if letter else make_password(""))
    if letter is None or not fits:
        raise ActivationRefused(WRONG)
    sign_in.attempt_succeeded(**trial)
    return letter


@transaction.atomic
def use_letter(*, letter: ActivationLetter, by: User) -> RoleMembership:
    """Make the person head of the firm. The letter ends, and so does the role of whoever was head before."""
    if policy.is_staff_member(by):
        raise ActivationRefused("工作人员账号不能绑定企业，请退出后使用企业主要负责人本人的账号。")
    entity = MarketEntity.objects.select_for_update().get(pk=letter.entity_id)
    letter = ActivationLetter.objects.select_for_update().get(pk=letter.pk)
    if not ActivationLetter.objects.live().filter(pk=letter.pk).exists():
        raise ActivationRefused("激活函已经启用、撤销或过期，请联系签发部门另发新函。")
    letter.used_at, letter.used_by = timezone.now(), by
    letter.save(update_fields=["used_at", "used_by"])
    membership = become_head(entity=entity, user=by, reason=str(letter))
    audit.record(
        "letter.used",
        by=by,
        subject=letter,
        label=f"{letter} {entity.name}",
        department_code=letter.department.uscc,
        changes={"entity": entity.code},
    )
    notices.notify(
        recipients=policy.holders(Permission.LETTER_ISSUE, letter.department),
        key=f"letter:{letter.pk}:used",
        text=f"{entity.name}已由{by.name}凭{letter}启用账号。如非本人办理，请立即联系系统管理员停用。",
        link=reverse("staff:records:letter_detail", args=[letter.pk]),
    )
    return membership


def become_head(*, entity: MarketEntity, user: User, reason: str) -> RoleMembership:
    """A firm has one head here: the one before loses the role and is told."""
    before = RoleMembership.objects.of_firm(entity.code).filter(role=Role.ENTERPRISE_HEAD)
    for held in before.exclude(user=user).select_related("user"):
        accounts.take_role(membership=held, by=user, reason=reason)
        notices.notify(
            recipients=[held.user],
            key=f"head:{held.pk}:ended",
            text=f"{entity.name}已由{user.name}启用主要负责人账号，您的负责人权限已终止。",
            level=Notice.Level.AMBER,
        )
    for own in RoleMembership.objects.of_firm(entity.code).filter(
        user=user, role=Role.ENTERPRISE_OPERATOR
    ):
        accounts.take_role(membership=own, by=user, reason=reason)
    return appoint_representative(
        entity=entity, user=user, role=Role.ENTERPRISE_HEAD, by=None, checked=True
    )


def new_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def plain_code(text: str) -> str:
    """However it was typed: full width, lower case, with or without the dashes."""
    half = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in half if character.isalnum())


def rest_after(failures: int) -> dt.timedelta:
    """How long a letter rests after so many wrong tries in all: nothing, one hour, two, four, … one day."""
    rules = security.rules()
    times, between = divmod(failures, rules.letter_tries)
    if between or not times:
        return dt.timedelta(0)
    hours = rules.letter_rest * 2 ** min(times - 1, 10)
    return dt.timedelta(hours=min(hours, rules.letter_rest_longest))


@transaction.atomic
def _count_try(firm_code: str) -> ActivationLetter | None:
    """The firm's live letter with one more try on it; nothing while it rests, and then the try is not judged.

    Letters do not end by wrong tries, since whoever knows a firm's code could spoil its letter then. One client is
    stopped long before; the rests bound what all clients of the world may try together (docs/adr/0014).
    """
    rows = ActivationLetter.objects.select_for_update(of=("self",)).select_related("department")
    letter = rows.live().filter(entity__code=firm_code).first()
    now = timezone.now()
    if letter is None or (letter.rests_until and letter.rests_until > now):
        return None
    letter.failures += 1
    if rest := rest_after(letter.failures):
        letter.rests_until = now + rest
        audit.record(
            "letter.rests",
            by=None,
            subject=letter,
            label=f"{letter} {letter.entity.name}",
            department_code=letter.department.uscc,
            changes={"failures": letter.failures, "until": letter.rests_until.isoformat()},
        )
    letter.save(update_fields=["failures", "rests_until"])
    if rest or letter.failures == security.rules().letter_warning:
        _warn(letter, rest)
    return letter


def _warn(letter: ActivationLetter, rest: dt.timedelta) -> None:
    hours = int(rest.total_seconds() // 3600)
    paused = f"，暂停使用 {hours} 小时后自动恢复" if rest else "，函仍然有效"
    notices.notify(
        recipients=policy.holders(Permission.LETTER_ISSUE, letter.department),
        key=f"letter:{letter.pk}:tries:{letter.failures}",
        text=f"{letter}（{letter.entity.name}）的激活码已被输入 {letter.failures} 次而未启用{paused}。"
        "请与企业核实是否本人所为；企业急用的，可以另发新函。",
        level=Notice.Level.AMBER,
        link=reverse("staff:records:letter_detail", args=[letter.pk]),
    )


def _revoke(letter: ActivationLetter, *, reason: str, by: User | None) -> ActivationLetter:
    letter.revoked_at, letter.revoke_reason = timezone.now(), reason
    letter.save(update_fields=["revoked_at", "revoke_reason"])
    audit.record(
        "letter.revoked",
        by=by,
        subject=letter,
        label=f"{letter} {letter.entity.name}",
        department_code=letter.department.uscc,
        reason=reason,
    )
    return letter


def _sheet(letter: ActivationLetter, code: str, address: str) -> bytes:
    return documents.render_pdf(
        "documents/activation_letter.html",
        {
            "title": "企业账号激活函",
            "organ_mark": f"{letter.department.name}",
            "doc_number": f"编号 {letter.number}",
            "letter": letter,
            "code": code,
            "page": address,
            "address": f"{address}?firm={letter.entity.code}",
            "issued_by": letter.department.name,
            "issued_on": timezone.localdate(letter.issued_at),
            "sheet": {"number": letter.number, "generated_at": letter.issued_at},
        },
    )
