from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "credit_portal.reports"
    label = "reports"

    def ready(self) -> None:
        from credit_portal.audit import presenters

        presenters.register({"report.exported": "导出报表"})
