from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "soe.accounts"
    label = "accounts"
    verbose_name = "Konten"

    def ready(self):
        from . import checks  # noqa: F401  (registers the system check)
