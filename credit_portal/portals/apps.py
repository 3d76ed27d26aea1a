from django.apps import AppConfig


class PortalsConfig(AppConfig):
    name = "credit_portal.portals"
    label = "portals"

    def ready(self) -> None:
        from credit_portal.web.navigation import MenuEntry, register_public, register_staff

        register_staff(MenuEntry("待办", "staff:home", order=1))
        register_public(MenuEntry("首页", "public:home", order=1))
