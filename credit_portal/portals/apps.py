from django.apps import AppConfig


class PortalsConfig(AppConfig):
    name = "credit_portal.portals"
    label = "portals"
