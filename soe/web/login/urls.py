"""allauth's views under German paths. No sign-up: accounts come from the administration."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from django.urls import path, re_path

from ..policy import public, register_foreign, signed_in
from . import factor, sso, views

urlpatterns = [
    path("anmelden/", account.login, name="account_login"),
    path("anmelden/code/", mfa.authenticate, name="mfa_authenticate"),
    path("anmelden/nicht-aktiv/", account.account_inactive, name="account_inactive"),
    path("anmelden/fortsetzen/", views.resume, name="account_resume"),
    path("anmelden/stadtkonto/", sso.start, name="sso_start"),
    path("anmelden/stadtkonto/zurueck/", sso.callback, name="sso_callback"),
    path("abmelden/", account.logout, name="account_logout"),
    path("kennwort/vergessen/", account.password_reset, name="account_reset_password"),
    path("kennwort/vergessen/gesendet/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^kennwort/neu/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "kennwort/neu/fertig/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("konto/", views.AccountView.as_view(), name="account"),
    path("konto/sitzungen/beenden/", views.EndOthersView.as_view(), name="session_end_others"),
    path("konto/sitzungen/<uuid:pk>/beenden/", views.EndSessionView.as_view(), name="session_end"),
    path("konto/kennwort/", account.password_change, name="account_change_password"),
    path("konto/kennwort/setzen/", account.password_set, name="account_set_password"),
    path("konto/bestaetigen/", account.reauthenticate, name="account_reauthenticate"),
    path("konto/bestaetigen/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("konto/zweiter-faktor/", mfa.index, name="mfa_index"),
    path("konto/zweiter-faktor/einrichten/", factor.ActivateView.as_view(), name="mfa_activate_totp"),
    path("konto/zweiter-faktor/entfernen/", factor.DeactivateView.as_view(), name="mfa_deactivate_totp"),
    path("konto/zweiter-faktor/ersatzcodes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "konto/zweiter-faktor/ersatzcodes/neu/",
        factor.NewCodesView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "konto/zweiter-faktor/ersatzcodes/herunterladen/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]

for name in (
    "account_login",
    "mfa_authenticate",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
):
    register_foreign(name, public("Anmeldung"))
for name in (
    "account_logout",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
):
    register_foreign(name, signed_in("eigenes Konto", methods=("GET", "POST")))
