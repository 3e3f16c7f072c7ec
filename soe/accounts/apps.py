from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "soe.accounts"
    label = "accounts"
    verbose_name = "Konten"

    def ready(self):
        from . import checks, sessions  # noqa: F401  (checks: registers the system check)

        sessions.connect()
