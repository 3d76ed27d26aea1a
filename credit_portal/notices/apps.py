from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "credit_portal.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        from credit_portal.accounts.telling import register_teller
        from credit_portal.audit.presenters import register
        from credit_portal.web.navigation import MenuEntry, register_staff, register_unread
        from credit_portal.web.tiles import Tile, register_tile

        from .selectors import unread_count
        from .services import tell_of_sign_in

        register_unread(unread_count)
        register({"contact.changed": "修改接收方式", "contact.confirmed": "确认接收邮箱"})
        register_teller(tell_of_sign_in)
        register_tile(
            Tile(
                key="notices",
                label="通知",
                note="授权、公示和办理进展",
                icon="bell",
                url_name="enterprise:notices:list",
                of_firm=False,
                order=50,
                count=lambda user, code: unread_count(user),
                unit="条未读",
            )
        )
        register_staff(MenuEntry("通知", "staff:notices:list", section="本人", order=950))
