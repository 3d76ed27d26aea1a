from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "credit_portal.web"
    label = "web"
