"""The base of commands that scripts call."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from .exceptions import Refusal

BAD_INPUT = 2  # exit code


class ScriptCommand(BaseCommand):
    """With `--json` exactly one JSON document on standard output, a refusal being `{"error": sentence}`.

    Whatever cannot be done for the input's sake ends with the sentence on standard error and exit code 2.
    """

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except (Refusal, CommandError, OSError) as error:
            sentence = in_words(error)
            if options.get("json"):
                self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
            raise CommandError(sentence, returncode=BAD_INPUT) from error


def in_words(error: Exception) -> str:
    if isinstance(error, Refusal):
        return error.user_message
    if isinstance(error, OSError):
        return f"无法读写文件 {error.filename or ''}，请检查路径和权限。"
    return str(error)
