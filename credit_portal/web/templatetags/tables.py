"""What the table components need and Django's templates lack."""

from collections.abc import Iterable

from django import template

register = template.Library()


@register.filter
def beside(left: Iterable[object], right: Iterable[object]) -> list[tuple[object, object]]:
    """Pairs of two lists of the same length: `{% for column, cell in columns|beside:row %}`."""
    return list(zip(left, right, strict=True))
