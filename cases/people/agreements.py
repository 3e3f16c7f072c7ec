"""Consents given and withdrawn, records restricted, conflicts of interest declared."""

from django.contrib import messages
from django.urls import reverse

from soe.web.forms import ReasonForm
from soe.web.views import ActionView

from .. import services
from ..access import OWN_WORK
from .consents import Consent
from .forms import ConflictForm, ConsentForm, ExtendForm, RestrictForm, WithdrawForm
from .models import Person
from .protection import ConflictOfInterest, Restriction
from .views import CRUMBS, PersonPart


class ConsentCreateView(PersonPart):
    """`?case=<id>` preselects the case the consent is about; then the page leads back to it."""

    queryset = Consent.objects.all()
    form_class = ConsentForm
    parent_action = "agree"
    parent_field = "person"
    prefill = ("case", "to_department")
    template_name = "cases/consent_create.html"
    title = "Einwilligung einholen"
    lead = "Mit dem Speichern öffnet sich der Zugriff, mit dem Widerruf schließt er sich sofort."
    submit_label = "Einwilligung speichern"
    success_message = ""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"person": self.parent}

    def save(self, form):
        consent = form.instance
        consent.department = consent.case.offer.carrier if consent.case else self.parent.own_department
        consent.save(reason=f"Einwilligung für {consent.to_department}: {consent.purpose}")
        return consent

    def after_save(self, form):
        super().after_save(form)
        consent = self.object
        words = f"{consent.to_department} sieht bis {consent.valid_until:%d.%m.%Y}: {consent.shares}."
        messages.success(self.request, words)


class ConsentActionView(ActionView):
    queryset = Consent.objects.select_related("person", "case", "to_department")
    read_basis = OWN_WORK

    def get_crumbs(self):
        return [CRUMBS, (str(self.object.person), self.object.person.get_absolute_url())]


class ConsentWithdrawView(ConsentActionView):
    form_class = WithdrawForm
    template_name = "cases/consent_withdraw.html"
    title = "Widerruf eintragen"
    submit_label = "Widerruf eintragen"
    success_message = "Der Widerruf gilt. Der Zugriff ist beendet."
    danger = True

    def perform(self, obj, form):
        obj.withdraw(
            by=self.request.user, on=form.cleaned_data["withdrawn_on"], reason=form.cleaned_data["reason"]
        )


class ConsentExtendView(ConsentActionView):
    form_class = ExtendForm
    title = "Einwilligung verlängern"
    submit_label = "Einwilligung verlängern"
    success_message = "Die Einwilligung ist verlängert."

    def perform(self, obj, form):
        data = form.cleaned_data
        obj.extend(by=self.request.user, until=data["until"], signed_on=data["signed_on"])


class RestrictionCreateView(ActionView):
    queryset = Person.objects.all()
    form_class = RestrictForm
    title = "Person sperren"
    lead = "Danach sehen nur Sie und die Ausgewählten diese Person, auch in der Suche."
    submit_label = "Person sperren"
    success_message = "Die Person ist gesperrt."
    read_basis = OWN_WORK
    danger = True
    crumbs = (CRUMBS,)

    def perform(self, obj, form):
        data = form.cleaned_data
        services.restrict_person(obj, by=self.request.user, reason=data["reason"], allowed=data["allowed"])


class RestrictionEndView(ActionView):
    queryset = Restriction.objects.select_related("person")
    form_class = ReasonForm
    title = "Sperre aufheben"
    submit_label = "Sperre aufheben"
    success_message = "Die Sperre ist aufgehoben."
    read_basis = OWN_WORK

    def get_crumbs(self):
        return [CRUMBS, (str(self.object.person), self.object.person.get_absolute_url())]

    def get_cancel_url(self):
        return self.object.person.get_absolute_url()

    def perform(self, obj, form):
        obj.end(by=self.request.user, reason=form.cleaned_data["reason"])
        return obj.person


class ConflictCreateView(ActionView):
    queryset = Person.objects.all()
    form_class = ConflictForm
    title = "Befangenheit eintragen"
    lead = "Wer befangen ist, sieht die Person ab sofort nirgends mehr. Aufheben kann es nur jemand anderes."
    submit_label = "Befangenheit eintragen"
    success_message = "Die Befangenheit ist eingetragen."
    read_basis = OWN_WORK
    crumbs = (CRUMBS,)

    def perform(self, obj, form):
        data = form.cleaned_data
        about = {"person": obj}
        if data["whole_household"] and (member := obj.memberships.filter(until=None).first()):
            about = {"household": member.household}
        services.declare_conflict(data["staff"], by=self.request.user, reason=data["reason"], **about)
        return reverse("cases:person_list")


class ConflictEndView(ActionView):
    queryset = ConflictOfInterest.objects.select_related("person")
    form_class = ReasonForm
    title = "Befangenheit aufheben"
    submit_label = "Befangenheit aufheben"
    success_message = "Die Befangenheit ist aufgehoben."
    read_basis = OWN_WORK

    def get_crumbs(self):
        return [CRUMBS, (str(self.object.person), self.object.person.get_absolute_url())]

    def get_cancel_url(self):
        return self.object.person.get_absolute_url()

    def perform(self, obj, form):
        obj.end(by=self.request.user, reason=form.cleaned_data["reason"])
        return obj.person
