from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "信用记录"

    def ready(self) -> None:
        from credit_portal.audit.presenters import register

        register({"registry.imported": "导入登记信息", "ledger.revoked": "撤销信用记录"})
