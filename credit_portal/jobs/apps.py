from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "credit_portal.jobs"
    label = "jobs"
    verbose_name = "任务"

    def ready(self) -> None:
        from credit_portal.web.navigation import MenuEntry, register_staff

        register_staff(MenuEntry("我的任务", "staff:jobs:list", order=2))
