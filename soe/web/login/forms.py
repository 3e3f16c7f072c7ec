"""allauth's forms with our words and our markup."""

from uuid import uuid4

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes import forms as recovery
from allauth.mfa.totp import forms as totp
from django import forms

from soe.accounts import factor, resume
from soe.accounts.mails import send_password_reset

from ..forms import Form, FormMixin

HOW_TO_CHOOSE = (
    "Mindestens 12 Zeichen, zum Beispiel vier Wörter hintereinander. Sonderzeichen sind nicht nötig. "
    "Häufige Kennwörter und Ihr Name sind nicht erlaubt."
)
NEW_PASSWORD = {"password1": "Neues Kennwort", "password2": "Neues Kennwort, noch einmal"}


class PassUser:
    """Hands `user` on to allauth's form, behind our FormMixin, which keeps that name for itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, user=self._account, **kwargs)


class AccountForm(FormMixin):
    labels: dict[str, str] = {}

    def __init__(self, *args, **kwargs):
        self._account = kwargs.pop("user", None)
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            field = self.fields[name]
            field.label, field.help_text = label, ""
            field.widget.attrs.pop("placeholder", None)  # it vanishes as soon as one types
            field.error_messages["required"] = f"Bitte füllen Sie „{label}“ aus."
        if "password1" in self.fields:
            self.fields["password1"].help_text = HOW_TO_CHOOSE
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}

    def clean(self):
        cleaned = super().clean()
        if "password2" in self._errors and "password1" in cleaned:
            self._errors["password2"] = self.error_class(["Die beiden Kennwörter sind nicht gleich."])
        return cleaned


class LoginForm(AccountForm, account.LoginForm):
    labels = {"login": "Anmeldename oder E-Mail", "password": "Kennwort"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        # What was being filled in when the session ended (soe.accounts.resume).
        self.fields[resume.FIELD] = forms.CharField(required=False, widget=forms.HiddenInput)

    def login(self, request, redirect_url=None):
        kept = self.cleaned_data.get(resume.FIELD)
        if kept:
            resume.keep(request, kept)
            redirect_url = None  # the adapter leads to the kept form
        return super().login(request, redirect_url)


class ChangePasswordForm(AccountForm, PassUser, account.ChangePasswordForm):
    labels = {"oldpassword": "Jetziges Kennwort", **NEW_PASSWORD}


class SetPasswordForm(AccountForm, PassUser, account.SetPasswordForm):
    labels = NEW_PASSWORD


class ResetPasswordForm(Form):
    """Answers the same, equally fast, for known and unknown addresses."""

    email = forms.EmailField(
        label="E-Mail",
        help_text="Die Adresse, die in Ihrem Konto steht.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def save(self, request, **kwargs):
        email = self.cleaned_data["email"]
        send_password_reset.enqueue(email, request.build_absolute_uri("/").rstrip("/"), uuid4().hex)
        return email


class ResetPasswordKeyForm(AccountForm, PassUser, account.ResetPasswordKeyForm):
    labels = NEW_PASSWORD


class ReauthenticateForm(AccountForm, PassUser, account.ReauthenticateForm):
    labels = {"password": "Kennwort"}


class CodeForm(AccountForm, PassUser):
    """allauth's forms ask here: a code counts once, and guessing gets slower (soe.accounts.factor)."""

    labels = {"code": "Code aus der App oder Ersatzcode"}

    def clean_code(self):
        code = self.cleaned_data["code"]
        try:
            self.authenticator = factor.take_code(self._account, code)
        except factor.TooManyCodes as error:
            raise forms.ValidationError(
                f"Zu viele falsche Codes. Bitte warten Sie {error.minutes} Minuten und geben Sie dann einen neuen ein."
            ) from error
        if self.authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(CodeForm, mfa.AuthenticateForm):
    pass


class ReauthenticateCodeForm(CodeForm, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(AccountForm, PassUser, totp.ActivateTOTPForm):
    labels = {"code": "Code aus der App"}


class DeactivateTOTPForm(AccountForm, totp.DeactivateTOTPForm):
    pass


class GenerateRecoveryCodesForm(AccountForm, PassUser, recovery.GenerateRecoveryCodesForm):
    pass
