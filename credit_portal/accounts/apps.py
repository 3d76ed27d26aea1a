from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "credit_portal.accounts"
    label = "accounts"
    verbose_name = "账号"
