"""Rule files are checked whenever the system starts; a wrong one is an error that names file and parameter."""

from typing import Any

from django.core.checks import CheckMessage, Error

from .exceptions import RuleDataError
from .loader import RULES_DIR, read_rules


def check_rules(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        read_rules(RULES_DIR)
    except RuleDataError as error:
        return [Error(f"规则文件有误：{error}", id="regulations.E001")]
    return []
