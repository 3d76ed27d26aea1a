from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "credit_portal.notices"
    label = "notices"
    verbose_name = "通知"
