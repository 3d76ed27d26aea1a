from django.apps import AppConfig
from django.core.checks import register


class RegulationsConfig(AppConfig):
    name = "credit_portal.regulations"
    label = "regulations"
    verbose_name = "规则"

    def ready(self) -> None:
        from credit_portal.audit import presenters

        from .checks import check_rules

        register(check_rules)
        presenters.register(
            {
                "calendar.day_set": "登记特殊日期",
                "calendar.day_removed": "取消特殊日期",
                "calendar.year_loaded": "载入年度放假安排",
            }
        )
