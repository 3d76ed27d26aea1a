"""Another decision under the same number: entered once more with a wrong date, or one of the two bears a wrong
number. A person has to look, for two documents may share a number by mistake of the organ."""

from __future__ import annotations

from collections.abc import Mapping

from ..models import DECISION_MODELS, Decision


def same_number(
    kind: str, values: Mapping[str, str], *, besides: int | None = None
) -> Decision | None:
    """The newest of the same organ about the same party under this number. What agrees in the day too is the same
    decision and refused elsewhere; what was withdrawn may be entered again."""
    if not (values.get("document_number") and values.get("authority_code")):
        return None
    name, day = values.get("party_name", ""), values.get("decided_on") or None
    rows = DECISION_MODELS[kind].objects.numbered_alike(
        number=values["document_number"],
        name=name,
        code=values.get("party_code", ""),
        authority_code=values["authority_code"],
    )
    others = rows.exclude(pk=besides).exclude(state=Decision.State.WITHDRAWN)
    if day:
        others = others.exclude(party_name=name, decided_on=day)
    return others.for_table().first()


def same_number_as(decision: Decision) -> Decision | None:
    """For those who read it before it is public."""
    if decision.state in (Decision.State.PUBLISHED, Decision.State.WITHDRAWN):
        return None
    names = ("document_number", "party_name", "party_code", "authority_code")
    values = {name: str(getattr(decision, name)) for name in names}
    return same_number(decision.KIND, values, besides=decision.pk)
