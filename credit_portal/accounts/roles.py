"""Permissions and the roles that carry them: one enum each, joined by one table.

The table is the source of `docs/permissions.md`. Roles of a department are granted on that department
(object permissions held by a role group); the roles of the committee office and of the three administrators
reach the whole city.
"""

from django.db import models


class Permission(models.TextChoices):
    DECISION_VIEW = "decision_view", "查看双公示信息"
    DECISION_EDIT = "decision_edit", "录入和导入双公示信息"
    DECISION_REVIEW = "decision_review", "审核双公示信息"
    DECISION_PUBLISH = "decision_publish", "公示双公示信息"
    DELIVERY_VIEW = "delivery_view", "查看市平台报送情况"
    DELIVERY_REPLAY = "delivery_replay", "重新报送市平台"
    RATES_VIEW = "rates_view", "查看三率"
    REPORT_EXPORT = "report_export", "导出统计报表"
    REGISTER_VIEW = "register_view", "查看文号和案件台账"
    REGISTER_EDIT = "register_edit", "维护文号规则、案件台账和缺号说明"
    REGISTER_CONFIRM = "register_confirm", "确认缺号说明"
    ZERO_SIGN = "zero_sign", "签报本期无数据"
    SPOT_CHECK = "spot_check", "开展瞒报抽查"
    CALENDAR_VIEW = "calendar_view", "查看工作日历"
    CALENDAR_EDIT = "calendar_edit", "维护工作日历"
    ACCOUNT_MANAGE = "account_manage", "管理账号"
    ROLE_GRANT = "role_grant", "授予和收回角色"
    AUDIT_READ = "audit_read", "查阅审计日志"
    WATCH_VIEW = "watch_view", "查看运行监测"
    LETTER_ISSUE = "letter_issue", "签发和撤销企业激活函"
    ENTITY_REPRESENT = "entity_represent", "代表本单位办理"


class FirmAct(models.TextChoices):
    """What a person may do for a firm. A head does all of it; a delegate what the head wrote down."""

    VIEW = "view", "查看本单位的记录和报告"
    SUBMIT = "submit", "填写并提交材料"
    APPOINT = "appoint", "指定经办人"


DELEGABLE = frozenset({FirmAct.VIEW, FirmAct.SUBMIT})


class Role(models.TextChoices):
    CLERK = "clerk", "录入员"
    REVIEWER = "reviewer", "审核员"
    HEAD = "head", "单位负责人"
    COMMITTEE_OFFICER = "committee_officer", "安委办工作人员"
    COMMITTEE_HEAD = "committee_head", "安委办负责人"
    ENTERPRISE_HEAD = "enterprise_head", "企业主要负责人"
    ENTERPRISE_OPERATOR = "enterprise_operator", "企业经办人"
    ASSOCIATION_STAFF = "association_staff", "行业协会人员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"
    API_CLIENT = "api_client", "接口调用方"


P = Permission

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: frozenset(
        {
            P.DECISION_VIEW,
            P.DECISION_EDIT,
            P.DELIVERY_VIEW,
            P.DELIVERY_REPLAY,
            P.RATES_VIEW,
            P.REGISTER_VIEW,
            P.REGISTER_EDIT,
            P.CALENDAR_VIEW,
            P.LETTER_ISSUE,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            P.DECISION_VIEW,
            P.DECISION_REVIEW,
            P.DELIVERY_VIEW,
            P.DELIVERY_REPLAY,
            P.RATES_VIEW,
            P.REGISTER_VIEW,
            P.REGISTER_CONFIRM,
            P.CALENDAR_VIEW,
        }
    ),
    Role.HEAD: frozenset(
        {
            P.DECISION_VIEW,
            P.DECISION_PUBLISH,
            P.DELIVERY_VIEW,
            P.RATES_VIEW,
            P.REGISTER_VIEW,
            P.REGISTER_CONFIRM,
            P.ZERO_SIGN,
            P.REPORT_EXPORT,
            P.CALENDAR_VIEW,
            P.LETTER_ISSUE,
        }
    ),
    Role.COMMITTEE_OFFICER: frozenset(
        {
            P.DECISION_VIEW,
            P.DELIVERY_VIEW,
            P.RATES_VIEW,
            P.REGISTER_VIEW,
            P.SPOT_CHECK,
            P.REPORT_EXPORT,
            P.CALENDAR_VIEW,
            P.CALENDAR_EDIT,
            P.WATCH_VIEW,
        }
    ),
    Role.COMMITTEE_HEAD: frozenset(
        {
            P.DECISION_VIEW,
            P.DELIVERY_VIEW,
            P.RATES_VIEW,
            P.REGISTER_VIEW,
            P.SPOT_CHECK,
            P.REPORT_EXPORT,
            P.CALENDAR_VIEW,
        }
    ),
    Role.ENTERPRISE_HEAD: frozenset({P.ENTITY_REPRESENT}),
    Role.ENTERPRISE_OPERATOR: frozenset({P.ENTITY_REPRESENT}),
    Role.ASSOCIATION_STAFF: frozenset(),
    # Statistics only: an administrator never sees or touches a department's records.
    Role.SYSTEM_ADMIN: frozenset(
        {P.ACCOUNT_MANAGE, P.RATES_VIEW, P.REPORT_EXPORT, P.CALENDAR_VIEW, P.WATCH_VIEW}
    ),
    Role.SECURITY_ADMIN: frozenset({P.ROLE_GRANT}),
    Role.AUDIT_ADMIN: frozenset({P.AUDIT_READ}),
    Role.API_CLIENT: frozenset(),
}

DEPARTMENT_ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.HEAD, Role.API_CLIENT})
CITY_ROLES = frozenset(
    {
        Role.COMMITTEE_OFFICER,
        Role.COMMITTEE_HEAD,
        Role.SYSTEM_ADMIN,
        Role.SECURITY_ADMIN,
        Role.AUDIT_ADMIN,
    }
)
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
ENTERPRISE_ROLES = frozenset({Role.ENTERPRISE_HEAD, Role.ENTERPRISE_OPERATOR})
STAFF_ROLES = (DEPARTMENT_ROLES | CITY_ROLES) - {Role.API_CLIENT}

# Seeing reaches down the department tree (a city bureau sees its county bureaus), acting does not.
INHERITED_BY_PARENT = frozenset({P.DECISION_VIEW, P.DELIVERY_VIEW, P.RATES_VIEW, P.REGISTER_VIEW})
