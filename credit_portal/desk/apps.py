from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "credit_portal.desk"
    label = "desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        from .pages import ListPage, register

        register(ListPage("staff:audit:list"))  # the trail lies below and does not know the desk
