from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "credit_portal.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        from credit_portal.web.navigation import MenuEntry, register_staff, register_unread

        from .selectors import unread_count

        register_unread(unread_count)
        register_staff(MenuEntry("通知", "staff:notices:list", section="本人", order=950))
