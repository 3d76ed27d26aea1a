"""What the table components need and Django's templates lack."""

from collections.abc import Iterable

from django import template

register = template.Library()


@register.filter
def beside(left: Iterable[object], right: Iterable[object]) -> list[tuple[object, object]]:
    """Pairs of two lists of the same length: `{% for column, cell in columns|beside:row %}`."""
    return list(zip(left, right, strict=True))


@register.filter
def thousands(number: object) -> object:
    """1213 as 1,213; anything but a whole number as it is. (humanize groups nothing in Chinese.)"""
    return f"{number:,}" if isinstance(number, int) else number
