"""Judge unified social credit codes: valid or not, and if not, what is wrong where."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from records.codes import NOTE_SENTENCES, CodeVerdict, check_code
from records.selectors import known_codes


class Command(BaseCommand):
    help = "校验统一社会信用代码：是否有效、类别、出错位置和说明"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="+", metavar="CODE", help="统一社会信用代码")
        parser.add_argument("--json", action="store_true", help="输出一份 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        known = known_codes()
        verdicts = [(text, check_code(text, known)) for text in options["codes"]]
        if options["json"]:
            answer = [as_json(text, verdict) for text, verdict in verdicts]
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
            return
        for text, verdict in verdicts:
            self.stdout.write(as_line(text, verdict))


def as_json(text: str, verdict: CodeVerdict) -> dict[str, Any]:
    return {
        "code": text,
        "valid": verdict.valid,
        "normalised": verdict.normalised,
        "kind": verdict.kind,
        "position": verdict.position,
        "reason": verdict.reason,
        "sentence": verdict.sentence,
        "notes": [{"note": str(note), "sentence": NOTE_SENTENCES[note]} for note in verdict.notes],
    }


def as_line(text: str, verdict: CodeVerdict) -> str:
    said = [verdict.sentence, *(NOTE_SENTENCES[note] for note in verdict.notes)]
    answer = f"有效 {verdict.kind}" if verdict.valid else f"无效 {verdict.reason}"
    return f"{text}\t{answer.strip()}\t{''.join(said)}".rstrip()
