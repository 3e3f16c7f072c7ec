"""Contacts: the tally page, the list, changing, undoing, and the bridge from anonymous to a person."""

import django_filters
from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone

from soe.web.filters import FilterSet
from soe.web.forms import Form
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from .. import services
from ..access import OWN_WORK
from ..choices import Language
from ..fields import PersonField
from ..offers.models import Offer, Topic
from ..offers.places import own_offers
from .forms import ContactChangeForm, ContactForm, last_values, today_start
from .models import Contact
from .tables import ContactTable

CRUMBS = ("Kontakte", "/kontakte/")


class ContactFilterSet(FilterSet):
    topic = django_filters.ModelChoiceFilter(label="Thema", queryset=Topic.objects.all())
    offer = django_filters.ModelChoiceFilter(label="Angebot", queryset=Offer.objects.all())
    language = django_filters.ChoiceFilter(label="Sprache", choices=Language.choices)
    von = django_filters.DateFilter(label="ab", field_name="at", lookup_expr="date__gte")
    bis = django_filters.DateFilter(label="bis", field_name="at", lookup_expr="date__lte")
    case = django_filters.UUIDFilter(field_name="case", widget=forms.HiddenInput)
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = Contact
        fields = ["topic", "offer", "language", "von", "bis"]

    def by_view(self, rows, name, value):
        if value == "meine":
            return rows.filter(recorded_by=self.request.user)
        if value == "heute":
            return rows.filter(at__gte=today_start())
        if value == "anonym":
            return rows.filter(person=None)
        return rows


class ContactListView(ScopedListView):
    queryset = Contact.objects.select_related("topic", "offer", "person")
    filterset_class = ContactFilterSet
    table_class = ContactTable
    title = "Kontakte"
    noun = "Kontakte"
    read_basis = OWN_WORK
    tabs = (
        ("Alle", ""),
        ("Meine", "ansicht=meine"),
        ("Heute", "ansicht=heute"),
        ("Anonym", "ansicht=anonym"),
    )
    head_actions = (
        Action("Kontakt erfassen", "cases:contact_create", action="add", primary=True, icon="tally"),
    )
    empty_text = "Jedes Gespräch am Schalter, am Telefon oder an der Haustür zählt, auch ohne Namen."
    empty_action = Action("Kontakt erfassen", "cases:contact_create", action="add")


class ContactCreateView(ScopedCreateView):
    """The tally page. `?case=`, `?person=`, `?helpneed=` come from the record the contact belongs to."""

    queryset = Contact.objects.all()
    form_class = ContactForm
    template_name = "cases/contact_create.html"
    title = "Kontakt erfassen"
    submit_label = "Kontakt speichern"
    prefill = ("person", "case", "help_need", "offer", "topic")
    success_message = ""

    def get_initial(self):
        initial = last_values(self.request.user) | super().get_initial()
        if initial.get("case") and not initial.get("person"):
            from ..casework.models import Case

            case = (
                Case.objects.restrict(self.request.user, "change").filter(pk=_uuid(initial["case"])).first()
            )
            initial |= {"person": case.person_id, "offer": case.offer_id, "site": None} if case else {}
        return initial

    def save(self, form):
        contact = form.instance
        return services.log_contact(contact, by=self.request.user)

    def after_save(self, form):
        super().after_save(form)
        contact = self.object
        who = f", {contact.person}" if contact.person else ", anonym"
        messages.success(self.request, f"Kontakt gespeichert: {contact.topic}{who}.")

    def get_success_url(self):
        if self.object.case_id:
            return self.object.case.get_absolute_url()
        return reverse("cases:contact_create")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, now = self.request.user, timezone.now()
        recent = list(
            Contact.objects.restrict(user, "change")
            .filter(recorded_by=user, at__gte=today_start())
            .select_related("topic", "person")[:5]
        )
        for contact in recent:
            contact.undoable = contact.may_be_undone(user, now)
        offers = own_offers(user)
        context.update(
            recent=recent,
            newest_anonymous=next((contact for contact in recent if contact.anonymous), None),
            today_count=Contact.objects.filter(offer__in=offers, at__gte=today_start()).count(),
            no_offer=not context["form"].fields["offer"].queryset.exists(),
        )
        return context


def _uuid(value):
    from uuid import UUID

    try:
        return UUID(str(value))
    except ValueError:
        return None


class ContactDetailView(ScopedDetailView):
    queryset = Contact.objects.select_related(
        "topic", "offer__carrier", "site", "person", "case", "recorded_by"
    )
    template_name = "cases/contact_detail.html"
    read_basis = OWN_WORK
    crumbs = (CRUMBS,)
    actions = (
        Action("Person zuordnen", "cases:contact_name", primary=True, when=lambda contact: contact.anonymous),
        Action("Ändern", "cases:contact_update"),
    )


class ContactUpdateView(ScopedUpdateView):
    queryset = Contact.objects.select_related("offer", "topic")
    form_class = ContactChangeForm
    title = "Kontakt ändern"
    submit_label = "Kontakt speichern"
    read_basis = OWN_WORK
    crumbs = (CRUMBS,)


class ContactUndoView(ActionView):
    queryset = Contact.objects.select_related("topic")
    title = "Kontakt rückgängig machen"
    submit_label = "Kontakt löschen"
    success_message = "Der Kontakt zählt nicht mehr."
    danger = True
    read_basis = OWN_WORK
    crumbs = (CRUMBS,)
    lead = "Der Kontakt verschwindet aus allen Zahlen. Im Verlauf bleibt stehen, dass es ihn gab."

    def perform(self, obj, form):
        obj.undo(by=self.request.user)
        return reverse("cases:contact_create")


class NameForm(Form):
    person = PersonField(help_text="Sucht in allen Schreibweisen. Eine gültige Einwilligung muss vorliegen.")


class ContactNameView(ActionView):
    """The visitor came back and agreed: the anonymous contact becomes hers."""

    queryset = Contact.objects.select_related("topic")
    form_class = NameForm
    title = "Kontakt einer Person zuordnen"
    submit_label = "Person zuordnen"
    success_message = "Der Kontakt gehört jetzt zur Person."
    read_basis = OWN_WORK
    crumbs = (CRUMBS,)
    template_name = "cases/contact_name.html"

    def perform(self, obj, form):
        obj.name(form.cleaned_data["person"], by=self.request.user)
