from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "soe.accounts"
    label = "accounts"
    verbose_name = "Konten"
