from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "credit_portal.demo"
    label = "demo"
