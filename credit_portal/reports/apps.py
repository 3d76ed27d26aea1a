from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "credit_portal.reports"
    label = "reports"
