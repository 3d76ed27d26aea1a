from django.apps import AppConfig

from .generics import allow_type_arguments

allow_type_arguments()


class WebConfig(AppConfig):
    name = "credit_portal.web"
    label = "web"

    def ready(self) -> None:
        from credit_portal import checks  # noqa: F401 - registers itself
        from credit_portal.accounts.roles import Permission

        from .navigation import MenuEntry, register_staff

        register_staff(
            MenuEntry(
                "审计日志", "staff:audit:list", Permission.AUDIT_READ, section="管理", order=920
            ),
            MenuEntry(
                "组件样例",
                "staff:gallery:list",
                Permission.ACCOUNT_MANAGE,
                section="管理",
                order=940,
                shown=for_builders,
            ),
        )


def for_builders() -> bool:
    """The gallery is of use to who builds pages; elsewhere administrators reach it by its address."""
    from django.conf import settings

    return settings.DEBUG or settings.MODE == "demo"
