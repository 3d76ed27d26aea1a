from django.apps import AppConfig


class PortalsConfig(AppConfig):
    name = "credit_portal.portals"
    label = "portals"

    def ready(self) -> None:
        from credit_portal.web.navigation import (
            Entrance,
            MenuEntry,
            register_entrance,
            register_public,
            register_staff,
        )

        register_staff(MenuEntry("待办", "staff:home", order=1))
        register_public(
            MenuEntry("首页", "public:home", order=1),
            MenuEntry("站内文章", "public:articles", order=900),
        )
        register_entrance(
            *(
                Entrance(sign, label, words, "public:article", order, (slug,))
                for sign, label, words, slug, order in (
                    ("修", "信用修复", "条件、时间和材料，不收费", "credit-repair", 50),
                    ("异", "提出异议", "信息有误，向谁提出", "objection", 51),
                    ("核", "核对打印件", "扫码看真伪和时效", "check-a-sheet", 60),
                    ("期", "公示期", "怎样计算，何时届满", "publicity-period", 70),
                )
            )
        )
