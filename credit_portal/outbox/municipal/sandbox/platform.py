"""What the platform does with an item: check it, remember its effect, give a receipt."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..schema import DOCUMENT_NUMBERS, PARTY_CODES
from .validation import PREFIXES, refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")
SIDES = {"party_code": PARTY_CODES, "document_number": DOCUMENT_NUMBERS}


@dataclass(frozen=True)
class Effect:
    """One version taken into the store."""

    key: str
    kind: str
    stream: str
    sequence: int
    digest: str
    receipt: str
    received_at: str
    body: str
    department: str = ""


@dataclass
class Held:
    """A record as the platform holds it: its newest version."""

    stream: str
    sequence: int
    digest: str
    department: str
    place: str  # SHA-256 of the stream; the list is in this order


@dataclass
class Rule:
    """Refuse what carries this value, always or so many times."""

    field: str
    value: str
    code: str
    times: int | None


class Platform:
    def __init__(self, journal: Path | None = None, *, dedupe: bool = True) -> None:
        self.dedupe = dedupe
        self.rules: list[Rule] = []
        self.totals: Counter[str] = Counter()
        self.effects: list[Effect] = []
        self.first: dict[str, Effect] = {}
        self.held: dict[str, Held] = {}
        self.by_stream: dict[str, list[Effect]] = defaultdict(list)
        self._lock = threading.Lock()
        self._journal = journal
        if journal is not None and journal.exists():
            self._remember(journal)

    def receive(self, items: list[Any]) -> list[dict[str, Any]]:
        """Take a batch; the effects are on disk before anybody is told."""
        with self._lock:
            before = len(self.effects)
            lines = [self._receive_one(item) for item in items]
            self._write(self.effects[before:])
        return lines

    def answer_for(self, keys: list[Any]) -> list[dict[str, Any]]:
        """What became of these keys; of one that was refused nothing is kept."""
        with self._lock:
            return [
                self._accepted(self.first[key])
                if key in self.first
                else {"key": key, "result": "absent"}
                for key in map(str, keys)
            ]

    def page(self, after: str, limit: int) -> dict[str, Any]:
        with self._lock:
            later = sorted(
                (h for h in self.held.values() if h.place > after), key=lambda h: h.place
            )
        rows = later[:limit]
        more = rows[-1].place if len(later) > limit else ""
        return {"records": [asdict(row) for row in rows], "next": more}

    def lose(self, streams: list[str]) -> None:
        """Forget records after having said yes to them."""
        with self._lock:
            for stream in streams:
                self.held.pop(stream, None)

    def alter(self, streams: list[str]) -> None:
        """Hold something else than what was sent; also a record that nobody sent."""
        with self._lock:
            for stream in streams:
                known = self.held.get(stream) or Held(stream, 1, "", "", place_of(stream))
                known.digest = place_of(known.digest)
                self.held[stream] = known

    def add_rule(self, field: str, value: str, code: str, times: int | None) -> None:
        with self._lock:
            self.rules.append(Rule(field, value, code, times))

    def clear_rules(self) -> None:
        with self._lock:
            self.rules.clear()

    def stats(self) -> dict[str, Any]:
        with self._lock:
            per_key = Counter(effect.key for effect in self.effects)
            per_version = Counter(f"{e.stream}#{e.sequence}" for e in self.effects)
            return {
                "dedupe": self.dedupe,
                "effects": len(self.effects),
                "double_effects": sum(count > 1 for count in per_key.values()),
                "order_inversions": sum(map(inversions, self.by_stream.values())),
                "records": len(self.by_stream),
                "totals": dict(self.totals),
                "by_kind": dict(Counter(effect.kind for effect in self.effects)),
                "effects_per_key": dict(per_key),
                "effects_per_version": dict(per_version),
            }

    def record(self, stream: str) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(effect) for effect in self.by_stream.get(stream, [])]

    def latest(self, count: int) -> list[Effect]:
        with self._lock:
            return self.effects[-count:][::-1]

    def _receive_one(self, item: Any) -> dict[str, Any]:
        key = str(item.get("key", "")) if isinstance(item, dict) else ""
        known = self.first.get(key)
        if known is not None and self.dedupe:
            return self._repeat(known, item)
        code, detail = self._refusal(item)
        if code:
            self.totals["rejected"] += 1
            return {"key": key, "result": "rejected", "code": code, "message": detail}
        effect = self._effect(item)
        self._take(effect)
        self.totals["accepted"] += 1
        return self._accepted(effect)

    def _repeat(self, known: Effect, item: dict[str, Any]) -> dict[str, Any]:
        """The same key again: no second effect, the receipt of the first; another content is refused."""
        if known.digest != item.get("digest"):
            self.totals["conflicts"] += 1
            return {"key": known.key, "result": "rejected", "code": "1009", "message": ""}
        self.totals["duplicates"] += 1
        return self._accepted(known)

    def _accepted(self, effect: Effect) -> dict[str, Any]:
        return {
            "key": effect.key,
            "result": "accepted",
            "receipt": effect.receipt,
            "received_at": effect.received_at,
        }

    def _refusal(self, item: Any) -> tuple[str, str]:
        """Code and detail, or two empty texts when the item may come in."""
        try:
            body, kind = item["body"], item["kind"]
            whole = hashlib.sha256(body.encode()).hexdigest() == item["digest"]
            payload = json.loads(body)
            fields = payload["fields"]
            int(item["sequence"]), item["stream"], item["key"], fields.items()
        except (KeyError, TypeError, ValueError, AttributeError):
            return "1099", ""
        if not whole:
            return "1008", ""
        if kind not in PREFIXES:
            return "1011", str(kind)
        if payload.get("operation") == "withdraw":
            return "", ""
        code, detail = refusal(kind, fields)
        return (code, detail) if code else (self._ruled_out(item, fields), "")

    def _ruled_out(self, item: dict[str, Any], fields: dict[str, Any]) -> str:
        for rule in self.rules:
            names = SIDES.get(rule.field, ())
            values = [fields.get(name) for name in names] or [item.get(rule.field)]
            if rule.value in values and (rule.times is None or rule.times > 0):
                rule.times = None if rule.times is None else rule.times - 1
                return rule.code
        return ""

    def _effect(self, item: dict[str, Any]) -> Effect:
        now = dt.datetime.now(SHANGHAI)
        return Effect(
            key=item["key"],
            kind=item["kind"],
            stream=item["stream"],
            sequence=int(item["sequence"]),
            digest=item["digest"],
            receipt=f"HN{now:%Y%m%d}{len(self.effects) + 1:08d}",
            received_at=now.isoformat(timespec="seconds"),
            body=item["body"],
            department=str(item.get("department", "")),
        )

    def _take(self, effect: Effect) -> None:
        self.effects.append(effect)
        self.first.setdefault(effect.key, effect)
        self.by_stream[effect.stream].append(effect)
        known = self.held.get(effect.stream)
        if known is None or known.sequence <= effect.sequence:
            self.held[effect.stream] = Held(
                *(effect.stream, effect.sequence, effect.digest, effect.department),
                place_of(effect.stream),
            )

    def _write(self, effects: list[Effect]) -> None:
        if self._journal is not None and effects:
            lines = [json.dumps(asdict(effect), ensure_ascii=False) + "\n" for effect in effects]
            with self._journal.open("a", encoding="utf-8") as journal:
                journal.write("".join(lines))

    def _remember(self, journal: Path) -> None:
        for line in journal.read_text(encoding="utf-8").splitlines():
            try:
                effect = Effect(**json.loads(line))
            except (ValueError, TypeError):
                continue  # the last line of a process that was killed while writing
            self._take(effect)


def place_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def inversions(effects: list[Effect]) -> int:
    """How often a version took effect after a later one of the same record."""
    count, newest = 0, 0
    for effect in effects:
        count += effect.sequence < newest
        newest = max(newest, effect.sequence)
    return count
