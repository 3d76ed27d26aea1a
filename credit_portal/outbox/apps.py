from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "credit_portal.outbox"
    label = "outbox"
    verbose_name = "报送"

    def ready(self) -> None:
        from credit_portal.audit import presenters

        from . import checks  # noqa: F401 - registers itself

        presenters.register(
            {
                "delivery.replayed": "重新报送",
                "delivery.repaired": "补报差异记录",
                "delivery.explained": "说明对账差异",
                "package.made": "生成手工报送包",
                "package.answered": "登记平台答复表",
                "package.taken_back": "收回手工报送包",
            }
        )
