"""How people sign in: lost second factors, the city's own account, groups of the directory."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from soe.accounts import factor, sso
from soe.departments.groups import GroupMapping
from soe.web.views import Action, ActionView, ScopedCreateView, ScopedListView, ScopedUpdateView

from ..forms import EndForm
from ..forms.signin import GroupMappingForm, LinkForm, SignInSettingsForm
from ..models import Account
from ..tables import GroupMappingTable
from .overview import CRUMB

ACCOUNTS = (CRUMB, ("Konten", "/verwaltung/konten/"))
OWN = "Das geht nicht beim eigenen Konto. Bitte wenden Sie sich an eine andere Person der Administration."


class OthersOnly(ActionView):
    """What opens or closes a door is done by somebody else than the one who walks through it."""

    queryset = Account.objects.all()
    action = "secure"
    form_class = EndForm
    crumbs = ACCOUNTS

    def save(self, form):
        if self.object.pk == self.request.user.pk:
            raise ValidationError(OWN)
        return super().save(form)


class FactorResetView(OthersOnly):
    title = "Zweiten Faktor zurücksetzen"
    submit_label = "Zweiten Faktor zurücksetzen"
    lead = (
        "Für verlorene Telefone ohne Ersatzcode. Die Person wird überall abgemeldet, bekommt eine E-Mail und richtet "
        "bei der nächsten Anmeldung einen neuen ein. Prüfen Sie vorher, dass wirklich sie es ist."
    )
    success_message = "Der zweite Faktor ist zurückgesetzt."
    danger = True

    def perform(self, obj, form):
        obj.lock()
        obj.save(reason=f"Zweiter Faktor zurückgesetzt: {form.cleaned_data['reason']}")
        factor.reset(obj, self.request)


class SignInSettingsView(ScopedUpdateView):
    queryset = Account.objects.all()
    action = "secure"
    form_class = SignInSettingsForm
    title = "So meldet sich die Person an"
    submit_label = "Einstellungen speichern"
    success_message = "Die Einstellungen gelten ab der nächsten Anmeldung."


class LinkView(OthersOnly):
    form_class = LinkForm
    title = "Stadtkonto verbinden"
    submit_label = "Stadtkonto verbinden"
    lead = "Danach meldet sich die Person mit dem Stadtkonto an und bekommt eine E-Mail darüber."
    success_message = "Das Stadtkonto ist verbunden."

    def perform(self, obj, form):
        conf = sso.config()
        if conf is None:
            raise ValidationError("Es ist kein Stadtkonto eingerichtet (OIDC_ISSUER).")
        try:
            with transaction.atomic():
                sso.link(
                    obj,
                    conf.issuer,
                    form.cleaned_data["subject"],
                    self.request,
                    reason=form.cleaned_data["reason"],
                )
        except IntegrityError as error:
            raise ValidationError(
                "Diese Kennung gehört schon zu einem Konto, oder dieses Konto ist schon verbunden. "
                "Lösen Sie zuerst die alte Verbindung."
            ) from error


class UnlinkView(OthersOnly):
    title = "Verbindung mit dem Stadtkonto lösen"
    submit_label = "Verbindung lösen"
    lead = "Die Person wird überall abgemeldet und kann sich über das Stadtkonto nicht mehr anmelden."
    success_message = "Die Verbindung ist gelöst."
    danger = True

    def perform(self, obj, form):
        found = list(obj.sso_identities.all())
        if not found:
            raise ValidationError("Dieses Konto ist mit keinem Stadtkonto verbunden.")
        for identity in found:
            sso.unlink(identity, self.request, reason=form.cleaned_data["reason"])


class GroupMappingListView(ScopedListView):
    queryset = GroupMapping.objects.filter(ended_at=None).select_related("department", "role")
    title = "Gruppen des Verzeichnisdienstes"
    noun = "Zuordnungen"
    lead = (
        "Wer in der Gruppe ist, bekommt die Zugehörigkeit bei der Anmeldung über das Stadtkonto und verliert sie bei "
        "der nächsten, wenn die Gruppe fehlt. Von Hand vergebene Zugehörigkeiten bleiben unberührt."
    )
    crumbs = (CRUMB,)
    table_class = GroupMappingTable
    empty_text = "Ohne Zuordnung vergeben Sie jede Zugehörigkeit von Hand bei den Konten."
    head_actions = (
        Action(
            "Gruppe zuordnen",
            url_name="administration:group_mapping_add",
            action="add",
            primary=True,
            icon="plus",
        ),
    )


class GroupMappingCreateView(ScopedCreateView):
    queryset = GroupMapping.objects.all()
    form_class = GroupMappingForm
    title = "Gruppe zuordnen"
    submit_label = "Zuordnung speichern"
    success_message = "Die Zuordnung gilt ab der nächsten Anmeldung der Personen."
    crumbs = (CRUMB, ("Gruppen des Verzeichnisdienstes", "/verwaltung/gruppen/"))


class GroupMappingEndView(ActionView):
    queryset = GroupMapping.objects.select_related("department", "role")
    form_class = EndForm
    title = "Zuordnung beenden"
    submit_label = "Zuordnung beenden"
    lead = "Alle Zugehörigkeiten, die aus dieser Gruppe kamen, enden sofort."
    success_message = "Die Zuordnung ist beendet."
    danger = True
    crumbs = (CRUMB, ("Gruppen des Verzeichnisdienstes", "/verwaltung/gruppen/"))

    def perform(self, obj, form):
        obj.end(reason=form.cleaned_data["reason"])
        return obj.get_absolute_url()
