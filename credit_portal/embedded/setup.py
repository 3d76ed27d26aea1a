"""Everything between `git clone` and a command that can run."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from credit_portal.embedded import dependencies, fonts, locks, system
from credit_portal.embedded.places import Places, make_state
from credit_portal.embedded.system import Need


def quick(places: Places) -> None:
    """For commands that only need Python: the first run prepares everything, later ones nothing."""
    make_state(places)
    if not (dependencies.are_installed() and places.fonts_config.exists()):
        full(places, system.PDF)


def full(places: Places, needs: Iterable[Need]) -> list[Need]:
    """Dependencies, system components and fonts; the components that are still missing."""
    make_state(places)
    # The checkout itself is the lock: two first starts share one `.venv`, whoever runs them.
    with locks.held(places.checkout), ThreadPoolExecutor(max_workers=1) as beside:
        from_system = beside.submit(_system, places, list(needs))
        dependencies.install()
        return from_system.result()


def _system(places: Places, needs: list[Need]) -> list[Need]:
    absent = system.provide(needs)
    fonts.provide(places)
    return absent
