"""What a person sees and sets of her own account."""

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render

from soe.accounts import resume as kept_forms
from soe.accounts.models import SignInEvent
from soe.audit.context import acting_as

from ..forms import Form
from ..policy import declare, signed_in
from ..views import PageView

THEMES = [("auto", "wie das Gerät"), ("light", "hell"), ("dark", "dunkel")]


class PreferencesForm(Form):
    theme = forms.ChoiceField(label="Darstellung", choices=THEMES, widget=forms.RadioSelect)
    shortcuts = forms.BooleanField(
        label="Tastenkürzel mit einzelnen Tasten",
        help_text="Zum Beispiel „/“ für die Suche. Strg+K öffnet die Suche immer.",
        required=False,
    )


class AccountView(PageView):
    """My data, my memberships, my last sign-ins; keyboard shortcuts and theme."""

    title = "Mein Konto"
    template_name = "account/account.html"

    def form(self, data=None):
        return PreferencesForm(data, initial=self.request.user.preferences, user=self.request.user)

    def get_context_data(self, **kwargs):
        user = self.request.user
        context = super().get_context_data(**kwargs)
        context.setdefault("form", self.form())
        context["memberships"] = user.memberships.current().select_related("department", "role")
        context["sign_ins"] = SignInEvent.objects.filter(user_id=user.pk)[:10]
        context["second_factor"] = is_mfa_enabled(user)
        return context

    def post(self, request, *args, **kwargs):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        user = request.user
        user.preferences = {**user.preferences, **form.cleaned_data}
        with acting_as(user):
            user.save(update_fields=["preferences"], reason="Einstellungen geändert")
        messages.success(request, "Ihre Einstellungen sind gespeichert.")
        return redirect("account")


@declare(signed_in("die Eingaben, bei denen die Sitzung endete"))
def resume(request):
    """The form that was being filled in when the session ended: one click sends it."""
    data = kept_forms.pending(request)
    if data is None:
        return redirect("/")
    fields = [(name, value) for name, values in data["fields"] for value in values]
    return render(
        request,
        "account/resume.html",
        {"title": "Weiter, wo Sie waren", "path": data["path"], "fields": fields},
    )
