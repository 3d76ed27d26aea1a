from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "credit_portal.outbox"
    label = "outbox"
    verbose_name = "报送"

    def ready(self) -> None:
        from credit_portal.audit import presenters

        from . import checks  # noqa: F401 - registers itself

        presenters.register({"delivery.replayed": "重新报送"})
