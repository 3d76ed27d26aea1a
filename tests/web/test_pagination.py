"""Page numbers that cannot be."""

import pytest
from django.test import RequestFactory

from credit_portal.web.pagination import SafePaginator, page_of


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("1", 1),
        ("3", 3),
        ("0", 1),
        ("-7", 1),
        ("4", 3),
        ("1000000000", 3),
        ("rubbish", 1),
        ("", 1),
        ("1.5", 1),
    ],
)
def test_page_of(asked, given):
    page = page_of(RequestFactory().get("/", {"page": asked}), range(41))

    assert page.number == given


def test_no_rows_are_one_empty_page():
    assert list(SafePaginator([], 20).page(7)) == []
