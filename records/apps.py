from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "信用记录"

    def ready(self) -> None:
        from credit_portal.accounts.roles import FirmAct, Permission
        from credit_portal.accounts.telling import register_teller
        from credit_portal.audit.presenters import register
        from credit_portal.web.navigation import MenuEntry, register_firms, register_staff
        from credit_portal.web.tiles import Tile, register_tile

        from .selectors import firms_of
        from .services.delegates import tell_heads_of_sign_in

        register_firms(firms_of)
        register_teller(tell_heads_of_sign_in)
        register(
            {
                "registry.imported": "导入登记信息",
                "ledger.revoked": "撤销信用记录",
                "letter.issued": "签发激活函",
                "letter.revoked": "撤销激活函",
                "letter.rests": "激活函因多次输错暂停",
                "letter.used": "启用激活函",
                "delegate.appointed": "指定经办人",
                "delegate.changed": "修改经办人授权",
                "delegate.ended": "结束经办人授权",
                "delegate.password_renewed": "重新生成经办人初始密码",
            }
        )
        register_staff(
            MenuEntry(
                "企业激活函",
                "staff:records:letter_list",
                Permission.LETTER_ISSUE,
                section="企业账号",
                order=60,
            )
        )
        register_tile(
            Tile(
                key="delegates",
                label="经办人",
                note="指定、调整或结束经办人授权",
                icon="people",
                url_name="enterprise:records:delegate_list",
                act=FirmAct.APPOINT,
                order=60,
            )
        )
