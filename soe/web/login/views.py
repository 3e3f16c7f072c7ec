"""What a person sees and sets of her own account."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import View

from soe.accounts import devices, events, factor, sessions
from soe.accounts import resume as kept_forms
from soe.accounts.models import OpenSession, SignInEvent, password_counts
from soe.audit.context import acting_as

from ..forms import Form
from ..policy import declare, signed_in
from ..views import PageView
from ..views.base import RequestMixin

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
        context["memberships"] = user.memberships.current().select_related("department", "role", "deputy_for")
        context["sign_ins"] = [
            (event, devices.in_words(event.client))
            for event in SignInEvent.objects.filter(user_id=user.pk)[:10]
        ]
        context["sessions"] = OpenSession.objects.filter(user=user).open()
        context["this_session"] = UUID(sessions.current_id(self.request))
        context["factors"] = factor.authenticators(user)
        context["factor_demanded"] = factor.demanded(user)
        context["identity"] = user.sso_identities.exists()
        context["password_usable"] = user.has_usable_password() and password_counts(user)
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


class OwnSessionMixin(RequestMixin):
    """One's own sign-ins only: another person's is not found."""

    @classmethod
    def policy(cls):
        return signed_in("eigene Sitzungen", methods=("POST",))

    def end(self, rows):
        return OpenSession.objects.filter(user=self.request.user, pk__in=rows.values("pk")).end()


class EndSessionView(OwnSessionMixin, View):
    """Sign one other browser out; it takes effect with its next request."""

    def post(self, request, pk):
        if str(pk) == sessions.current_id(request):
            return redirect("account_logout")
        row = get_object_or_404(OpenSession.objects.filter(user=request.user), pk=pk)
        if self.end(OpenSession.objects.filter(pk=row.pk)):
            events.record(request, SignInEvent.Kind.REVOKED, user=request.user)
        messages.success(request, f"„{row.client}“ ist abgemeldet.")
        return redirect("account")


class EndOthersView(OwnSessionMixin, View):
    """Sign every other browser out."""

    def post(self, request):
        count = sessions.end_all(request.user, keep=sessions.current_id(request))
        if count:
            events.record(request, SignInEvent.Kind.REVOKED, user=request.user)
        messages.success(request, "Sie sind jetzt nur noch hier angemeldet.")
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
