from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "credit_portal.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from credit_portal.audit.presenters import register

        register(
            {
                "account.created": "开立账号",
                "account.disabled": "停用账号",
                "account.enabled": "恢复账号",
                "account.codes_renewed": "重新生成备用码",
                "account.factor_added": "设置动态口令",
                "account.identity_linked": "绑定政务服务网身份",
                "account.password_changed": "修改密码",
                "account.recovery_code_used": "使用备用码",
                "account.session_ended": "结束登录",
                "account.sign_in_reset": "重置登录方式",
                "account.phone_changed": "修改手机号",
                "account.first_password_renewed": "重新生成初始密码",
                "account.signed_in": "登录",
                "department.created": "新增部门",
                "department.updated": "更新部门",
                "role.ended": "收回角色",
                "role.granted": "授予角色",
            }
        )
