from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    name = "credit_portal.regulations"
    label = "regulations"
    verbose_name = "规则"
