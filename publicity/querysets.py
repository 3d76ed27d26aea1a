"""Which decisions, batches and publications count, and who sees them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Contains, Exact
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.roles import FirmAct, Permission
from records.codes import normalise_code
from records.names import search_form
from records.search import MIN_FRAGMENT, AmongThese, contains_fragment, name_matches

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import (  # noqa: F401 - named in the class bases below
        Decision,
        ImportBatch,
        Publication,
    )

SAMPLE = 1_000  # rows that tell whether a fragment is common
# Not yet public: the clock of the seven working days is running.
OPEN_STATES = ("draft", "returned", "in_review", "approved")


YEAR_IN_BRACKETS = re.compile(r"[(\[【〔［〖{](\d{4})[)\]】〕］〗}]")


def spellings(document_number: str) -> list[str]:
    """As typed, and as organs write it: round brackets in full width, 〔〕 around the year, no blanks."""
    typed = document_number.strip()
    plain = "".join(unicodedata.normalize("NFKC", typed).split())
    formal = YEAR_IN_BRACKETS.sub(r"〔\1〕", plain).replace("(", "（").replace(")", "）")
    return list(dict.fromkeys((typed, formal)))


# Document numbers are searched without brackets and blanks: 罚2026118 finds 罚〔2026〕118号. An index holds the pairs
# of this expression, so that it may not change without a migration.
UNREAD = "()[]{}（）［］｛｝〔〕【】〖〗 　"
NUMBER_FORM = Func(Upper(F("document_number")), Value(UNREAD), Value(""), function="translate")
MIN_NUMBER_FRAGMENT = 3


def number_form(text: str) -> str:
    """A typed number or a part of one, as `NUMBER_FORM` has the stored ones."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return plain.translate({ord(character): None for character in UNREAD})


def number_matches(text: str, least: int = MIN_NUMBER_FRAGMENT) -> Q:
    """Rows whose document number contains this fragment. Nothing matches a shorter fragment than `least`."""
    fragment = number_form(text)
    if len(fragment) < least:
        return Q(pk__in=[])
    return contains_fragment(NUMBER_FORM, fragment)


def fragment_in(name_field: str, name: str, number: str) -> Q:
    """The same fragments without an index, for walks through rows in their order."""
    found = Q(pk__in=[])
    if len(name) >= MIN_FRAGMENT:
        found |= Q(**{f"{name_field}__contains": name})
    if len(number) >= MIN_NUMBER_FRAGMENT:
        found |= Q(Contains(NUMBER_FORM, number))
    return found


def month_after(first: dt.date) -> dt.date:
    """The first day of the month that follows the one of this first day."""
    return (first + dt.timedelta(days=32)).replace(day=1)


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Permits or penalties."""

    def visible_to(self, user: User) -> Self:
        """Rows filed by or decided by a department that the user may look into."""
        departments = policy.departments_for(user, Permission.DECISION_VIEW).values("pk")
        return self.filter(Q(department__in=departments) | Q(authority__in=departments))

    def actionable_by(self, user: User, permission: Permission) -> Self:
        """Rows of the filing departments where the user holds this permission."""
        return self.filter(department__in=policy.departments_for(user, permission).values("pk"))

    def handled_by(self, user: User) -> Self:
        """Rows in which the user had a part: entered, submitted, reviewed or published."""
        return self.filter(
            Q(created_by=user) | Q(submitted_by=user) | Q(reviewed_by=user) | Q(published_by=user)
        )

    def foreseen_by(self, user: User) -> Self:
        """What a person may know beforehand about the firms they may look at.

        Only from the approval on: a decision is served on its party when it is made (行政处罚法 第六十一条), but
        what is still in review may be wrong here and is nobody's business yet. Drafts and returned rows never show.
        """
        codes = policy.represents(user)
        seen = [code for code in codes if FirmAct.VIEW in policy.firm_acts(user, code)]
        return self.filter(state="approved", entity__code__in=seen)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def timed(self) -> Self:
        """Open, and the seven working days are running: a correction was public in time or not long ago."""
        return self.open().filter(version=1)

    def numbered_like(self, text: str) -> Self:
        """With this part of a document number, whatever brackets were typed; two characters at least."""
        return self.filter(number_matches(text, MIN_FRAGMENT))

    def numbered_alike(self, *, number: str, name: str, code: str, authority_code: str) -> Self:
        """Of one organ about one party under one number, whatever brackets were typed; a party without a code is a
        natural person."""
        natural = Q(party_name=name, party_category="自然人")
        party = Q(entity__code=code) if code else natural
        same = Exact(NUMBER_FORM, number_form(number))
        return self.filter(party, same, authority__uscc=authority_code)

    def about_person(self, name: str) -> Self:
        """About a natural person of this full name, or a firm whose legal representative bears it. Parts of a
        name are no search for people: too many bear them."""
        person = "".join(name.split())
        if len(person) < MIN_FRAGMENT:
            return self.none()
        natural = Q(party_name=person, party_category="自然人")
        return self.filter(natural | Q(legal_representative=person))

    def decided_in(self, month: dt.date) -> Self:
        """Decided in the calendar month of this day."""
        first = month.replace(day=1)
        return self.filter(decided_on__gte=first, decided_on__lt=month_after(first))

    def for_table(self) -> Self:
        return self.select_related("department", "authority").order_by("-decided_on", "-pk")

    def by_urgency(self) -> Self:
        return self.select_related("department", "authority").order_by("deadline_on", "pk")

    def locked(self) -> Self:
        """Lock the rows in key order; to be evaluated inside the transaction that changes them."""
        return self.select_for_update(of=("self",)).order_by("pk")

    def locked_if_free(self) -> Self:
        """As `locked`, leaving out what somebody else holds at this moment."""
        return self.select_for_update(of=("self",), skip_locked=True).order_by("pk")


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Uploaded workbooks."""

    def visible_to(self, user: User) -> Self:
        """Batches of the departments the user files or decides for."""
        return self.filter(
            department__in=policy.departments_for(user, Permission.DECISION_VIEW).values("pk")
        )

    def live(self) -> Self:
        return self.filter(state__in=["received", "checked", "imported"])

    def for_table(self) -> Self:
        return self.select_related("department", "uploaded_by").order_by("-pk")


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Public versions."""

    def current(self) -> Self:
        return self.filter(superseded=False)

    def public(self, on: dt.date | None = None) -> Self:
        """Current versions inside their period of publicity; both end days count."""
        day = on or timezone.localdate()
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=day),
            superseded=False,
            withdrawn_at=None,
            starts_on__lte=day,
        )

    def in_open_data(self) -> Self:
        return self.filter(open_data="in")

    def fit_for_open_data(self, on: dt.date) -> Self:
        """Public rows that belong into the files: those of firms with a code, never a person."""
        person = Q()
        for prefix in ("CF", "XK"):
            person |= Q(snapshot__contains=[{"code": f"{prefix}_XDR_LB", "value": "自然人"}])
        return self.public(on).exclude(party_code="").exclude(person)

    def new_for_open_data(self, on: dt.date) -> Self:
        return self.fit_for_open_data(on).exclude(open_data="in")

    def to_leave_open_data(self) -> Self:
        """In the files, but withdrawn or corrected since."""
        return self.in_open_data().filter(Q(superseded=True) | Q(withdrawn_at__isnull=False))

    def gone_from_public(self, on: dt.date) -> Self:
        """Of those in the files, decisions of which no later version belongs there: nobody may be handed them."""
        later = self.model.objects.fit_for_open_data(on).filter(public_id=OuterRef("public_id"))
        return self.to_leave_open_data().filter(~Exists(later))

    def left_open_data(self, on: dt.date) -> Self:
        """Decisions of which some version stood in the files and that are not there on this day."""
        versions = self.model.objects.filter(public_id=OuterRef("public_id"))
        listed = self.model.objects.public(on).in_open_data().filter(pk=OuterRef("pk"))
        return self.current().filter(Exists(versions.exclude(open_data="")), ~Exists(listed))

    def search(self, text: str) -> Self:
        """By code, by a document number or a part of one, or by a fragment of the name."""
        exact = Q(document_number__in=spellings(text)) | Q(party_code=normalise_code(text))
        plain = fragment_in("search_name", search_form(text), number_form(text))
        if self._is_common(plain):
            return self.filter(exact | plain)
        found = exact | name_matches("search_name", text) | number_matches(text)
        return self.filter(AmongThese(self.filter(found)))

    def _is_common(self, plain: Q) -> bool:
        """Whether a page is soon full when these rows are walked in their order; then the pair indexes would hand
        over thousands of rows to sort.

        More than about a hundredth of the newest do, or a twentieth of some picked at random (public ids are): 〔2024〕
        stands in no new number and in many thousands of old ones. Of these rows, not of all: what only penalties bear
        would have a list of permits walked to its end.
        """
        newest = self._matching(plain, "-decided_on", "-pk")
        anywhere = self._matching(plain, "public_id")
        return newest > SAMPLE // 100 or anywhere > SAMPLE // 20

    def _matching(self, plain: Q, *order: str) -> int:
        """How many of the first thousand."""
        sample = self.order_by(*order)[:SAMPLE]
        found: int = sample.aggregate(matching=Count("pk", filter=plain))["matching"]
        return found

    def with_document_number(self, text: str) -> Self:
        """Whatever brackets were typed, or a part of three characters and more."""
        return self.filter(Q(document_number__in=spellings(text)) | number_matches(text))

    def for_table(self) -> Self:
        """The columns of a list; the frozen text of the decision is not among them."""
        return self.for_record().defer("snapshot", "period_explained", "digest")

    def for_record(self) -> Self:
        """In the order of a list, with everything that is told of each."""
        return self.select_related("authority").order_by("-decided_on", "-pk")
