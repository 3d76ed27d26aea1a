"""Template tags of printed sheets."""

import segno
from django import template

register = template.Library()


@register.simple_tag
def qr(text: str) -> str:
    """The QR code of an address as a data URI for `<img src>`, with the quiet zone of four modules around it."""
    code = segno.make_qr(text, error="m")
    return str(
        code.svg_data_uri(border=4, scale=4, dark="#000", light=None, svgclass=None, lineclass=None)
    )
