"""Every page that somebody may see is sound HTML, as the first who may see it gets it."""

import pytest
from django.urls import reverse

from tests.meta.matrix import RAW, expected
from tests.meta.samples import SAMPLES

NO_PAGES = {
    "health_watch"
}  # answers monitors in JSON, by its status too: 503 where nothing has run
PAGES = [name for name in RAW["urls"] if "ok" in expected(name, "GET").values()]


@pytest.mark.parametrize("name", [name for name in PAGES if name not in NO_PAGES])
def test_page_is_sound(name, cast, sign_in, page_client):
    parts = SAMPLES[name](cast) if name in SAMPLES else {}
    who = next(who for who, outcome in expected(name, "GET").items() if outcome == "ok")
    if who != "visitor":
        sign_in(page_client, getattr(cast, who))

    assert page_client.get(reverse(name, kwargs=parts)).status_code < 400
