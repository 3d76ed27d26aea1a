"""Refusals of this package, each with a sentence for the reader."""

from credit_portal.exceptions import Refusal


class RuleDataError(Exception):
    """A rule file is wrong. Names the file and the parameter, so that whoever edits it finds the line."""

    def __init__(self, file: str, parameter: str, problem: str) -> None:
        self.file, self.parameter, self.problem = file, parameter, problem
        super().__init__(f"{file}，{parameter or '文件'}：{problem}")


class UnknownRule(Refusal):
    """Nobody has written such a rule."""


class RuleNotInForce(Refusal):
    """The rule had ended by that day and nothing followed it."""


class UnknownGrade(Refusal):
    """The regulation of that day knows no such grade."""


class DateOutOfRange(Refusal):
    """No calendar reaches there; a mistyped year, as a rule."""


class CalendarRefused(Refusal):
    """A year's arrangement cannot be taken in as it is."""
