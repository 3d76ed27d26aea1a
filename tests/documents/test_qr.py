"""The code on a sheet can be read from a poor picture of it: big modules, white all around."""

from __future__ import annotations

import io
import subprocess

import pytest
import segno
from PIL import Image

from credit_portal.documents.services import render_pdf

from .papers import month_of_rates

ADDRESS = "https://anquan.huainan.gov.cn/p/XB-20261128-E8737E6553/?d=4fd18df532ab536a"
QUIET = 4  # modules
LEAST = 25  # millimetres
INCH = 25.4
MARGIN = 37  # millimetres of the page above the text
DARK = 128


def picture(pdf: bytes, dpi: int) -> Image.Image:
    """The upper margin of the first page, as a scanner would hand it over."""
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-l", "1", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    page = Image.open(io.BytesIO(done.stdout))
    return page.crop((0, 0, page.width, round(MARGIN / INCH * dpi)))


def dark(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    darkest = image.crop(box).getextrema()[0]
    assert isinstance(darkest, int)
    return darkest < DARK


def code_box(image: Image.Image) -> tuple[int, int, int, int]:
    """The code stands at the right; every column and every row of it has something dark."""
    right = image.width
    while not dark(image, (right - 1, 0, right, image.height)):
        right -= 1
    left = right
    while dark(image, (left - 1, 0, left, image.height)):
        left -= 1
    rows = [y for y in range(image.height) if dark(image, (left, y, right, y + 1))]
    return left, rows[0], right, rows[-1] + 1


@pytest.mark.parametrize("dpi", [100, 150])
def test_it_is_read_from_a_coarse_picture(dpi: int) -> None:
    paper = month_of_rates()
    paper["sheet"]["verify_url"] = ADDRESS
    image = picture(render_pdf("documents/rates_report.html", paper), dpi)
    left, top, right, bottom = code_box(image)
    wanted = [list(row) for row in segno.make_qr(ADDRESS, error="m").matrix]
    module = (right - left) / len(wanted)

    assert (right - left) / dpi * INCH >= LEAST
    assert abs((right - left) - (bottom - top)) <= 1
    read = [
        [
            image.getpixel((left + int((x + 0.5) * module), top + int((y + 0.5) * module))) < DARK
            for x in range(len(wanted))
        ]
        for y in range(len(wanted))
    ]
    assert read == [[bool(cell) for cell in row] for row in wanted]

    quiet = int(QUIET * module)
    for side in (
        (left - quiet, top - quiet, left - 1, bottom + quiet),
        (right + 1, top - quiet, right + quiet, bottom + quiet),
        (left, top - quiet, right, top - 1),
        (left, bottom + 1, right, bottom + quiet),
    ):
        assert not dark(image, side)
