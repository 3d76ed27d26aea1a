from django.apps import AppConfig


class PortalsConfig(AppConfig):
    name = "credit_portal.portals"
    label = "portals"

    def ready(self) -> None:
        from credit_portal.audit.presenters import register
        from credit_portal.web.navigation import (
            Entrance,
            MenuEntry,
            register_entrance,
            register_public,
            register_staff,
        )
        from credit_portal.web.tiles import Tile, register_tile

        register({"report.of_firm": "下载企业信用报告"})

        register_tile(
            Tile(
                key="commitments",
                label="我的承诺",
                note="网上签署安全生产信用承诺书，尚未开通。现请向行业主管部门领取纸质承诺书，由主要负责人签字后交回。",
                icon="clipboard-check",
                order=10,
            ),
            Tile(
                key="record",
                label="我的记录",
                note="公众能看到的许可和处罚，以及即将公示的",
                icon="file-earmark-text",
                url_name="enterprise:record",
                order=20,
            ),
            Tile(
                key="repair",
                label="异议与修复",
                note="网上申请尚未开通。这里写明向谁提出、带什么材料、最早哪天可以申请",
                icon="arrow-repeat",
                url_name="enterprise:repair",
                order=30,
            ),
            Tile(
                key="report",
                label="信用报告",
                note="查看并下载本单位的报告",
                icon="file-earmark-pdf",
                url_name="enterprise:report",
                order=40,
            ),
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
