from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "publicity"
    verbose_name = "双公示"

    def ready(self) -> None:
        from credit_portal.accounts.roles import Permission
        from credit_portal.audit import presenters
        from credit_portal.desk.pages import ListPage, register
        from credit_portal.jobs import registry
        from credit_portal.web.navigation import MenuEntry, register_public, register_staff

        from . import jobs
        from .selectors.columns import keys_of

        presenters.register(ACTIONS)
        registry.register("publicity.check_batch", jobs.check_batch, place=jobs.batch_of)
        registry.register("publicity.import_batch", jobs.import_batch, place=jobs.batch_of)
        registry.register("publicity.import_remaining", jobs.import_remaining, place=jobs.batch_of)
        registry.register("publicity.act", jobs.act, place=jobs.list_of)
        registry.register("publicity.export_decisions", jobs.export_decisions, place=jobs.list_of)
        registry.register("publicity.take_register", jobs.take_register, place=jobs.register_of)
        register(
            *(ListPage(DECISIONS, (kind,), keys_of(kind)) for kind in ("permit", "penalty")),
            ListPage("staff:publicity:batch_list"),
            ListPage("staff:publicity:delivery_list"),
        )
        register_staff(
            *(
                MenuEntry(label, url, permission, section, order, arguments)
                for label, url, permission, section, order, arguments in (
                    ("行政处罚", DECISIONS, Permission.DECISION_VIEW, "双公示", 10, ("penalty",)),
                    ("行政许可", DECISIONS, Permission.DECISION_VIEW, "双公示", 11, ("permit",)),
                    (
                        "表格导入",
                        "staff:publicity:batch_list",
                        Permission.DECISION_VIEW,
                        "双公示",
                        12,
                        (),
                    ),
                    (
                        "市平台报送",
                        "staff:publicity:delivery_list",
                        Permission.DELIVERY_VIEW,
                        "报送与统计",
                        30,
                        (),
                    ),
                    (
                        "文号与案件台账",
                        "staff:publicity:register_overview",
                        Permission.REGISTER_VIEW,
                        "报送与统计",
                        32,
                        (),
                    ),
                    ("三率", "staff:publicity:rates", Permission.RATES_VIEW, "报送与统计", 31, ()),
                )
            )
        )
        register_public(
            MenuEntry(
                "行政处罚公示",
                "public:publicity:publication_list",
                order=20,
                arguments=("penalty",),
            ),
            MenuEntry(
                "行政许可公示", "public:publicity:publication_list", order=21, arguments=("permit",)
            ),
        )


DECISIONS = "staff:publicity:decision_list"

ACTIONS = {
    "batch.received": "上传表格",
    "batch.checked": "检查表格",
    "batch.refused": "无法读取表格",
    "batch.filer_confirmed": "确认填报单位",
    "batch.imported": "导入",
    "batch.imported_more": "导入待确认的行",
    "batch.undone": "撤销整批",
    "decision.created": "录入",
    "decision.edited": "修改",
    "decision.deleted": "删除草稿",
    "decision.submitted": "提交审核",
    "decision.taken_back": "撤回提交",
    "decision.approved": "审核通过",
    "decision.returned": "退回",
    "decision.published": "公示",
    "decision.revised": "建立更正版本",
    "decision.abandoned": "放弃更正",
    "decision.correction_ended": "更正因撤下终止",
    "decision.withdrawn": "撤下",
    "decision.reopened": "建立重新公示版本",
    "decision.left_withdrawn": "放弃重新公示",
    "decision.expired": "公示期满",
    "decision.exported": "导出列表",
    "deadline.recomputed": "重新计算最迟公示日",
    "series.defined": "登记文号规则",
    "series.changed": "修改文号规则",
    "gap.answered": "说明缺号",
    "gap.confirmed": "确认缺号说明",
    "gap.returned": "退回缺号说明",
    "register.received": "上传案件台账",
    "register.taken": "读取案件台账",
    "spot.drawn": "抽取案件",
    "spot.recorded": "填写抽查结论",
    "spot.concluded": "核定抽查",
    "zero.signed": "签报本期无数据",
    "register.refused": "无法读取案件台账",
}
