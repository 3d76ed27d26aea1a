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

from ..schema import DOCUMENT_NUMBERS, PARTY_CODES, REQUIRED

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
            fields = payload.get("fields", payload)
            int(item["sequence"]), item["stream"], item["key"], fields.items()
        except (KeyError, TypeError, ValueError, AttributeError):
            return "1099", ""
        if not whole:
            return "1008", ""
        if kind not in REQUIRED:
            return "1011", str(kind)
        if payload.get("operation") == "withdraw":
            return "", ""
        missing = [name for name in REQUIRED[kind] if not fields.get(name)]
        if missing:
            return "1002", "、".join(missing)
        return self._ruled_out(item, fields), ""

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
        )

    def _take(self, effect: Effect) -> None:
        self.effects.append(effect)
        self.first.setdefault(effect.key, effect)
        self.by_stream[effect.stream].append(effect)

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


def inversions(effects: list[Effect]) -> int:
    """How often a version took effect after a later one of the same record."""
    count, newest = 0, 0
    for effect in effects:
        count += effect.sequence < newest
        newest = max(newest, effect.sequence)
    return count
