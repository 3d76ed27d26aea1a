from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "credit_portal.watch"
    label = "watch"
    verbose_name = "运行监测"

    def ready(self) -> None:
        from credit_portal.accounts.roles import Permission
        from credit_portal.audit import presenters
        from credit_portal.web.navigation import MenuEntry, register_staff

        presenters.register({"backup.recorded": "登记数据备份"})
        register_staff(
            MenuEntry(
                "运行监测", "staff:watch:page", Permission.WATCH_VIEW, section="管理", order=910
            )
        )
