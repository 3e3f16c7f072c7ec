"""Login, passwords, second factor, sessions, lock-out."""

from datetime import timedelta

import environ

env = environ.Env()

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: a locked account is refused before any password is looked at
    "soe.accounts.backends.LoginBackend",
    "soe.departments.backends.ScopeBackend",  # answers has_perm() from memberships; signs nobody in
]
GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None  # guardian: nobody has rights without an account

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "soe.accounts.passwords.NotLikeTheAccount"},
    {"NAME": "soe.accounts.passwords.MinimumLength", "OPTIONS": {"min_length": 12}},
    {"NAME": "soe.accounts.passwords.NotCommon"},
    {"NAME": "soe.accounts.passwords.NotOnlyDigits"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

# --- sessions -------------------------------------------------------------------------------------------------------
SOE_SESSION_IDLE = timedelta(minutes=env.int("SESSION_IDLE_MINUTES", default=60))
SOE_SESSION_ABSOLUTE = timedelta(hours=env.int("SESSION_ABSOLUTE_HOURS", default=12))
SESSION_COOKIE_AGE = int(SOE_SESSION_ABSOLUTE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

SOE_COOKIE_PREFIX = ""  # "__Host-" in real use

# --- second factor, single sign-on ----------------------------------------------------------------------------------
SOE_REQUIRE_SECOND_FACTOR = env.bool("SOE_REQUIRE_SECOND_FACTOR", default=True)
SOE_SSO_ONLY = env.bool("SOE_SSO_ONLY", default=False)
SOE_OIDC = {
    "issuer": env("OIDC_ISSUER", default=""),
    "client_id": env("OIDC_CLIENT_ID", default=""),
    "client_secret": env("OIDC_CLIENT_SECRET", default=""),
    "name": env("OIDC_NAME", default="Stadtkonto"),
    "scopes": tuple(env.list("OIDC_SCOPES", default=["openid", "profile"])),
    "groups_claim": env("OIDC_GROUPS_CLAIM", default="groups"),
    "username_claim": env("OIDC_USERNAME_CLAIM", default="preferred_username"),
    "first_login": env("OIDC_FIRST_LOGIN", default="ticked"),
    "second_factor": tuple(env.list("OIDC_SECOND_FACTOR", default=[])),
}

# --- allauth: accounts come from the administration, never from a form ----------------------------------------------
ACCOUNT_ADAPTER = "soe.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "soe.accounts.adapter.SocialAccountAdapter"
MFA_ADAPTER = "soe.accounts.adapter.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True  # the cookie lives as long as the absolute limit, no choice at the login
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_FORMS = {
    "login": "soe.web.login.forms.LoginForm",
    "reset_password": "soe.web.login.forms.ResetPasswordForm",
    "reset_password_from_key": "soe.web.login.forms.ResetPasswordKeyForm",
    "change_password": "soe.web.login.forms.ChangePasswordForm",
    "set_password": "soe.web.login.forms.SetPasswordForm",
    "reauthenticate": "soe.web.login.forms.ReauthenticateForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
# Wrong passwords are counted by django-axes, wrong codes by soe.accounts.factor.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": False}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "SOE"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the administration enters the addresses
MFA_FORMS = {
    "authenticate": "soe.web.login.forms.AuthenticateForm",
    "reauthenticate": "soe.web.login.forms.ReauthenticateCodeForm",
    "activate_totp": "soe.web.login.forms.ActivateTOTPForm",
    "deactivate_totp": "soe.web.login.forms.DeactivateTOTPForm",
    "generate_recovery_codes": "soe.web.login.forms.GenerateRecoveryCodesForm",
}

# --- lock-out -------------------------------------------------------------------------------------------------------
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # a stranger elsewhere cannot lock a colleague out
AXES_HANDLER = "soe.accounts.lockout.LockoutHandler"
AXES_USERNAME_CALLABLE = "soe.accounts.lockout.typed_login"
AXES_USE_ATTEMPT_EXPIRATION = (
    True  # each lock has its own end; otherwise one person's short wait ends all longer ones
)
AXES_SENSITIVE_PARAMETERS = ["login", "username", "email", "csrfmiddlewaretoken", "resume"]
AXES_COOLOFF_TIME = "soe.accounts.lockout.cool_off"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "soe.accounts.lockout.locked_out"
AXES_USERNAME_FORM_FIELD = "login"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # SignInEvent is the log
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "soe.accounts.events.client_address"
SOE_TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
