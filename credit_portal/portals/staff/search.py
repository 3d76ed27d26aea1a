"""The search box of the desk: firms, document numbers and people, as far as the person may see them."""

from __future__ import annotations

from typing import Any

from django.views.generic import ListView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage
from publicity.selectors.finding import by_number, by_person, tallies
from publicity.selectors.public import public_counts
from records.codes import check_code
from records.models import MarketEntity
from records.names import search_form
from records.search import MIN_FRAGMENT, CappedPaginator, readable

MAX_QUERY = 100  # characters
CODE_FROM = 15  # characters from which letters and digits are meant as a code


class DeskSearchView(NearestPage, StaffView, ListView[MarketEntity]):
    """Decisions by number and by person come first, then firms by name or code, or by their representative."""

    template_name = "staff/search.html"
    paginate_by = PAGE_SIZE
    paginator_class = CappedPaginator

    def get_queryset(self) -> Any:
        self.query = readable(self.request.GET.get("q", ""))[:MAX_QUERY]
        self.firms_of = self.sees_people and self.request.GET.get("by") == "representative"
        rows = MarketEntity.objects.all()
        if self.firms_of:
            return rows.represented_by_name(self.query)
        return rows.search(self.query).prefetch_related("former_names")

    @property
    def sees_people(self) -> bool:
        """People are looked for by those who work with decisions about them."""
        return policy.may(self.user, Permission.DECISION_VIEW)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        firms = list(context["page_obj"])
        found = tallies(self.user, [(firm.pk, firm.code) for firm in firms])
        # What others decided is public as well, and not among what the person may see here.
        public = public_counts([firm.pk for firm in firms])
        verdict = check_code(self.query)
        return context | {
            "query": self.query,
            "search_text": self.query,
            "enough": len(search_form(self.query)) >= MIN_FRAGMENT,
            "wrong_code": verdict.sentence if self.means_code(verdict.normalised) else "",
            "firms": [(firm, found.get(firm.pk, []), public.get(firm.pk, 0)) for firm in firms],
            "firms_of": self.firms_of,
            "represented": self.represented(),
            "groups": self.groups(),
        }

    def means_code(self, text: str) -> bool:
        code_like = len(text) >= CODE_FROM and text.isascii() and text.isalnum()
        return code_like and not check_code(text).valid

    def groups(self) -> list[Any]:
        return [*by_number(self.user, self.query), *by_person(self.user, self.query)]

    def represented(self) -> int:
        """How many firms the person of this name represents; nothing when they are already shown."""
        if self.firms_of or not self.sees_people:
            return 0
        rows = MarketEntity.objects.represented_by_name(self.query)
        return int(rows[: CappedPaginator.cap].count())
