from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "credit_portal.outbox"
    label = "outbox"
    verbose_name = "报送"
