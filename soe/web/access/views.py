"""/konto/zugaenge/: keys for programs: make one, read it once, end it."""

from cryptography.fernet import Fernet, InvalidToken
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from soe.accounts.keys import fernet_keys

from ..forms import DateInput, Form, ReasonForm
from ..views import ActionView, PageView, ScopedCreateView
from .models import LONGEST, AccessKey

SHOWN_ONCE = "soe_new_access_key"


def _box():
    return Fernet(fernet_keys(settings.SECRET_KEY)[0])


class AccessKeyForm(Form):
    label = forms.CharField(label="Wofür?", max_length=80, help_text="Zum Beispiel: QGIS am Arbeitsplatz.")
    valid_until = forms.DateField(
        label="Gilt bis", widget=DateInput, help_text="Letzter Tag, höchstens ein Jahr von heute an."
    )

    def __init__(self, *args, instance=None, **kwargs):
        kwargs["initial"] = {"valid_until": timezone.localdate() + LONGEST / 2} | (
            kwargs.get("initial") or {}
        )
        super().__init__(*args, **kwargs)

    def clean_valid_until(self):
        day, today = self.cleaned_data["valid_until"], timezone.localdate()
        if day < today:
            raise ValidationError("Der Tag liegt in der Vergangenheit.")
        if day > today + LONGEST:
            raise ValidationError("Ein Zugang gilt höchstens ein Jahr. Danach legen Sie einen neuen an.")
        return day


class AccessKeysView(PageView):
    title = "Zugänge für Programme"
    template_name = "web/access/keys.html"
    crumbs = (("Mein Konto", "/konto/"),)

    def get_context_data(self, **kwargs):
        secret = self.request.session.pop(SHOWN_ONCE, None)
        try:
            secret = secret and _box().decrypt(secret.encode()).decode()
        except InvalidToken:
            secret = None
        context = super().get_context_data(**kwargs)
        context.update(
            secret=secret,
            keys=AccessKey.objects.filter(user=self.request.user.pk).order_by("ended_at", "-created_at"),
            may_add="register.view" in self.request.user.permission_codes(),
            address=self.request.build_absolute_uri(reverse("objects:ogc_landing")),
            lead="Mit einem Zugang liest ein anderes Programm, zum Beispiel QGIS, was Sie sehen dürfen.",
        )
        return context


class AccessKeyCreateView(ScopedCreateView):
    queryset = AccessKey.objects.all()
    form_class = AccessKeyForm
    keep_in_scope = None
    title = "Zugang anlegen"
    submit_label = "Zugang anlegen"
    crumbs = (("Mein Konto", "/konto/"), ("Zugänge für Programme", "/konto/zugaenge/"))
    success_message = ""

    def save(self, form):
        row, secret = AccessKey.issue(user=self.request.user, **_fields(form))
        # Encrypted: what lies in the session table must not open anything.
        self.request.session[SHOWN_ONCE] = _box().encrypt(secret.encode()).decode()
        return row

    def get_cancel_url(self):
        return reverse("web:access_keys")


def _fields(form):
    return {name: form.cleaned_data[name] for name in ("label", "valid_until")}


class AccessKeyEndView(ActionView):
    queryset = AccessKey.objects.all()
    action = "end"
    form_class = ReasonForm
    title = "Zugang widerrufen"
    submit_label = "Zugang widerrufen"
    lead = "Das Programm wird bei der nächsten Anfrage abgewiesen."
    danger = True
    success_message = "Der Zugang ist widerrufen."

    def perform(self, obj, form):
        obj.end(by=self.request.user, reason=form.cleaned_data["reason"])
