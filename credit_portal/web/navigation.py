"""The menus. Each app registers its entries when it is loaded; who sees which is asked of the policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from django.urls import NoReverseMatch, reverse

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission


@dataclass(frozen=True)
class MenuEntry:
    """`permission = None` shows the entry to all staff. `count` is what waits there for the person. `shown` leaves the
    entry out of the menus of some installations, where its pages are for those who know their address."""

    label: str
    url_name: str
    permission: Permission | None = None
    section: str = ""
    order: int = 100
    arguments: tuple[str, ...] = ()
    count: Callable[[User], int] | None = None
    shown: Callable[[], bool] | None = None


class MenuItem(TypedDict):
    label: str
    url: str
    active: bool
    count: int
    section: str


@dataclass(frozen=True)
class Entrance:
    """A large door on the public home page. `sign` is one character, `words` say what one finds behind it."""

    sign: str
    label: str
    words: str
    url_name: str
    order: int = 100
    arguments: tuple[str, ...] = ()


class Door(TypedDict):
    sign: str
    label: str
    words: str
    url: str


_staff: list[MenuEntry] = []
_public: list[MenuEntry] = []
_entrances: list[Entrance] = []
_unread: list[Callable[[User], int]] = []
_firms: list[Callable[[User], str]] = []


def register_staff(*entries: MenuEntry) -> None:
    _add(_staff, entries)


def register_public(*entries: MenuEntry) -> None:
    _add(_public, entries)


def register_entrance(*entries: Entrance) -> None:
    """For apps with pages for everyone; only what is mounted in this installation is shown."""
    _entrances.extend(entry for entry in entries if entry not in _entrances)
    _entrances.sort(key=lambda entry: entry.order)


def register_unread(count: Callable[[User], int]) -> None:
    """What the bell counts."""
    if count not in _unread:
        _unread.append(count)


def register_firms(name: Callable[[User], str]) -> None:
    """What the desk of firms calls those for whom a person acts, on pages that are about no single one."""
    if name not in _firms:
        _firms.append(name)


def staff_menu(user: User, path: str) -> list[MenuItem]:
    shown = [
        entry
        for entry in _staff
        if (entry.permission is None or policy.may(user, entry.permission))
        and (entry.shown is None or entry.shown())
    ]
    return _items(shown, path, user)


def public_menu(path: str) -> list[MenuItem]:
    return _items(_public, path, None)


def entrances() -> list[Door]:
    """The doors of the home page, without those that would lead nowhere."""
    found = [(entry, _url(entry)) for entry in _entrances]
    return [
        Door(sign=entry.sign, label=entry.label, words=entry.words, url=url)
        for entry, url in found
        if url
    ]


def unread(user: User) -> int:
    return sum(count(user) for count in _unread)


def firms(user: User) -> str:
    return "".join(name(user) for name in _firms)


def _add(menu: list[MenuEntry], entries: tuple[MenuEntry, ...]) -> None:
    menu.extend(entry for entry in entries if entry not in menu)
    menu.sort(key=lambda entry: entry.order)


def _items(entries: list[MenuEntry], path: str, user: User | None) -> list[MenuItem]:
    urls = [(entry, _url(entry)) for entry in entries]
    # The longest address that the path begins with is the place where we are.
    here = max((url for _, url in urls if url and holds(url, path)), key=len, default="")
    return [
        MenuItem(
            label=entry.label,
            url=url,
            active=url == here,
            count=entry.count(user) if entry.count and user else 0,
            section=entry.section,
        )
        for entry, url in urls
        if url
    ]


def holds(url: str, path: str) -> bool:
    """Whether the page at `path` lies below this entry; the home pages hold only themselves."""
    return path == url if url in ("/", "/staff/", "/enterprise/") else path.startswith(url)


def _url(entry: MenuEntry | Entrance) -> str:
    """Nothing for an entry whose pages are not mounted in this installation."""
    try:
        return reverse(entry.url_name, args=entry.arguments)
    except NoReverseMatch:
        return ""
