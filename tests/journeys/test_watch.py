"""运行监测 where a worker runs and no clock rings: it fits, is accessible, and says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def test_the_administrator_looks_at_what_runs(enter: Callable[..., Person]) -> None:
    person = enter("sysadmin")
    person.look("home-sysadmin")
    person.follow("运行监测")
    for words in ("后台运行自检", "数据备份", "尚未登记过备份", "需处理"):
        person.sees(words)
    person.look("watch")
