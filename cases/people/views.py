"""Persons: list with name lens, recording with consent, the page of one person, spellings and household."""

from datetime import time, timedelta
from functools import cached_property

import django_filters
from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse
from django.utils import timezone

from soe.departments.grants import grants_on
from soe.web.files.panel import FilesMixin
from soe.web.filters import FilterSet
from soe.web.text import day, moment
from soe.web.views import (
    Action,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
    SuggestView,
)

from .. import services
from ..access import OWN_WORK, Depths, basis_for
from ..casework.models import Case
from ..casework.referrals import Referral
from ..contacts.models import Contact
from ..fields import person_label
from .consents import Consent
from .forms import HouseholdForm, NameForm, PersonCreateForm, PersonFields
from .models import Household, Person, PersonName
from .search import find_people, matching
from .tables import PersonTable

CRUMBS = ("Personen", "/personen/")


class PersonFilterSet(FilterSet):
    name = django_filters.CharFilter(label="Name, Geburtsjahr oder Nummer", method="by_name")
    first_language = django_filters.ChoiceFilter(
        label="Sprache", choices=Person._meta.get_field("first_language").choices
    )

    class Meta(FilterSet.Meta):
        model = Person
        fields = ["name", "first_language"]

    def by_name(self, rows, name, value):
        return matching(rows, value[:200])


class PersonListView(ScopedListView):
    filterset_class = PersonFilterSet
    table_class = PersonTable
    queryset = Person.objects.select_related("own_department").prefetch_related("names")
    title = "Personen"
    noun = "Personen"
    lead = "Gefunden werden kyrillische, rumänische und deutsche Schreibweisen. Treffer sind Vorschläge."
    read_basis = OWN_WORK
    head_actions = (Action("Person anlegen", "cases:person_create", action="add", primary=True),)
    empty_text = "Eine Person wird angelegt, sobald sie einwilligt. Bis dahin zählen Kontakte anonym."
    empty_action = Action("Kontakt erfassen", "cases:contact_create", action="add", model=Contact)

    def get_queryset(self):
        visible = Case.objects.restrict(self.request.user, "view").open()
        return (
            super()
            .get_queryset()
            .prefetch_related(Prefetch("cases", queryset=visible, to_attr="shown_cases"))
        )

    def get_table_kwargs(self):
        return {"query": self.request.GET.get("name", "")[:200]}


class PersonSuggestView(SuggestView):
    queryset = Person.objects.all()
    read_basis = OWN_WORK

    def find(self, rows, query):
        self.reasons = {hit.person: hit.reason for hit in find_people(rows, query, limit=self.limit)}
        return list(self.reasons)

    def text(self, obj):
        return person_label(obj)

    def note(self, obj):
        return self.reasons.get(obj, "")


class PersonCreateView(ScopedCreateView):
    """`?kontakt=<id>`: the anonymous contact that becomes hers."""

    queryset = Person.objects.all()
    form_class = PersonCreateForm
    template_name = "cases/person_create.html"
    title = "Person anlegen"
    lead = "Nötig sind Vorname und Einwilligung."
    submit_label = "Person anlegen"
    crumbs = (CRUMBS,)
    success_message = "{object} ist mit Einwilligung angelegt."

    @cached_property
    def contact(self):
        from ..contacts.views import _uuid

        pk = _uuid(self.request.GET.get("kontakt", ""))
        rows = Contact.objects.restrict(self.request.user, "change").filter(person=None)
        return rows.select_related("topic").filter(pk=pk).first() if pk else None

    def get_initial(self):
        initial = super().get_initial()
        if self.contact is not None:
            initial |= {"first_language": self.contact.language, "consent_language": self.contact.language}
        return initial

    def save(self, form):
        data = form.cleaned_data
        person = services.record_person(
            form.instance,
            by=self.request.user,
            signed_on=data["signed_on"],
            medium=data["medium"],
            language=data["consent_language"],
        )
        if other := data.get("other_name", "").split():
            services.add_name(
                person,
                by=self.request.user,
                given_name=" ".join(other[:-1]) or other[0],
                family_name=other[-1] if len(other) > 1 else "",
            )
        if self.contact is not None:
            self.contact.name(person, by=self.request.user)
        return person

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"candidates": getattr(context["form"], "candidates", []), "contact": self.contact}


class PersonUpdateView(ScopedUpdateView):
    queryset = Person.objects.select_related("own_department")
    form_class = PersonFields
    submit_label = "Person speichern"
    read_basis = OWN_WORK
    crumbs = (CRUMBS,)


class PersonDetailView(Depths, FilesMixin, ScopedDetailView):
    """The whole person for her own carrier; a card for those she agreed to."""

    queryset = Person.objects.select_related("own_department").prefetch_related("names")
    template_name = "cases/person_detail.html"
    crumbs = (CRUMBS,)
    actions = (
        Action("Einwilligung einholen", "cases:consent_create"),
        Action("Person ändern", "cases:person_update"),
        Action("Schreibweise ergänzen", "cases:name_create"),
        Action("Haushalt erfassen", "cases:household_create"),
        Action("Befangenheit eintragen", "cases:conflict_create"),
        Action("Person sperren", "cases:restriction_create"),
    )

    @cached_property
    def basis(self):
        return basis_for(self.request.user, self.object, self.object.own_department)

    def get_read_basis(self):
        return self.basis

    def get_actions(self):
        open_case = Action(
            "Fall eröffnen",
            url=f"{reverse('cases:case_create')}?person={self.object.pk}",
            action="add",
            model=Case,
            primary=True,
        )
        return [open_case, *self.actions]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, person = self.request.user, self.object
        full = self.can("full", person)
        context.update(
            full=full,
            changeable=self.can("change", person),
            basis=self.basis,
            cases=Case.objects.filter(person=person)
            .restrict(user, "view")
            .select_related("offer__carrier", "lead"),
            household=Household.objects.filter(members__person=person, members__until=None)
            .restrict(user, "view")
            .select_related("address__street", "house")
            .first(),
        )
        if full:
            context.update(
                consents=consents_of(user, person=person),
                contacts=Contact.objects.filter(person=person)
                .restrict(user, "view")
                .select_related("topic", "offer", "recorded_by")[:10],
                grants=others_on(person, user),
                restriction=person.restrictions.in_force().prefetch_related("listed__user").first(),
                conflicts=person.conflicts.in_force().restrict(user, "view").select_related("user"),
            )
        return context


def consents_of(user, **which):
    """Consents the reader may see, each with its badge. One for a referral that was refused opens nothing."""
    standing = Referral.objects.filter(consent=OuterRef("pk"), state__in=Referral.OPENING)
    rows = list(
        Consent.objects.filter(**which)
        .restrict(user, "view")
        .annotate(standing=Exists(standing))
        .select_related("to_department", "department", "case")
    )
    for consent in rows:
        consent.badge_words, consent.badge_kind = consent.state()
        consent.over = consent.withdrawn_on is not None or not consent.holds()
        consent.own = consent.department_id == consent.to_department_id
        consent.idle = consent.opens == Consent.Opens.REFERRAL and not consent.standing and not consent.over
        if consent.idle:
            consent.badge_words, consent.badge_kind = "Vermittlung beendet", "info"
    return rows


def others_on(person, user):
    """Who else sees the person through a grant, with the last moment in words."""
    rows = [entry for entry in grants_on(person) if getattr(entry, "user_id", None) != user.pk]
    for entry in rows:
        ends = entry.valid_until
        whole_day = ends is not None and timezone.localtime(ends).time() == time.min
        entry.until_words = day(ends - timedelta(seconds=1)) if whole_day else moment(ends)
    return rows


class PersonPart(ScopedCreateView):
    """Something recorded about one person of the own carrier."""

    parent_queryset = Person.objects.select_related("own_department")
    parent_action = "change"

    def get_crumbs(self):
        return [CRUMBS, (str(self.parent), self.parent.get_absolute_url())]


class NameCreateView(PersonPart):
    queryset = PersonName.objects.all()
    form_class = NameForm
    parent_field = "person"
    title = "Schreibweise ergänzen"
    lead = "Die Person wird danach auch unter diesem Namen gefunden."
    submit_label = "Schreibweise speichern"

    def save(self, form):
        data = form.cleaned_data
        return services.add_name(
            self.parent,
            by=self.request.user,
            given_name=data["given_name"],
            family_name=data["family_name"],
            kind=data["kind"],
        )


class HouseholdCreateView(PersonPart):
    queryset = Household.objects.all()
    form_class = HouseholdForm
    title = "Haushalt erfassen"
    lead = "Zahlen genügen. Nicht jedes Mitglied muss als Person erfasst sein."
    submit_label = "Haushalt speichern"
    success_message = "Der Haushalt ist gespeichert."

    def save(self, form):
        from objects.selectors import find_property_by_address

        household, data = form.instance, form.cleaned_data
        household.department = self.parent.own_department
        if household.address_id and self.request.user.may("register.view"):
            household.house = find_property_by_address(household.address)
        return services.set_household(
            self.parent, household, by=self.request.user, role=data["role"], on=data["since"]
        )

    def get_success_url(self):
        return self.parent.get_absolute_url()
