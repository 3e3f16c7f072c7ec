"""The list of cases, opening one, its page."""

from functools import cached_property

import django_filters
from django import forms
from django.db.models import Count, Min, OuterRef, Subquery
from django.urls import reverse

from soe.web.files.panel import FilesMixin
from soe.web.filters import FilterSet
from soe.web.views import Action, ScopedCreateView, ScopedDetailView, ScopedListView, ScopedUpdateView

from ... import services
from ...access import OWN_WORK, Depths, basis_for
from ...contacts.models import Contact
from ...offers.models import Offer
from ...people.models import Household
from ...people.search import matching
from ...people.views import consents_of
from ..bulk_actions import HandOverAction
from ..forms import CaseCreateForm, LeadForm
from ..models import Case, CaseEpisode
from ..phases import phase_of
from ..plans import PlanStep
from ..tables import CaseTable
from .common import CRUMBS
from .needs import latest_scores
from .plans import shown_plan

SHOWN_CONTACTS = 50


class CaseFilterSet(FilterSet):
    suche = django_filters.CharFilter(label="Aktenzeichen oder Name", method="by_words")
    offer = django_filters.ModelChoiceFilter(label="Angebot", queryset=Offer.objects.all())
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = Case
        fields = ["suche", "offer"]

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        # Without a view of its own the list shows open work; whoever looks for something looks everywhere.
        asked = self.form.cleaned_data
        return rows if asked.get("ansicht") or asked.get("suche") else rows.open()

    def by_words(self, rows, name, value):
        numbered = rows.filter(number__istartswith=value.strip())
        if numbered.exists():
            return numbered
        persons = matching(
            Case.person.field.related_model.objects.restrict(self.request.user, "view"), value[:200]
        )
        return rows.filter(person__in=persons.order_by().values("pk"))

    def by_view(self, rows, name, value):
        if value == "meine":
            return rows.open().filter(lead=self.request.user)
        if value == "wartend":
            return rows.filter(state=Case.State.WAITING)
        if value == "abgeschlossen":
            return rows.filter(state=Case.State.CLOSED)
        return rows


class CaseListView(ScopedListView):
    queryset = Case.objects.select_related("person", "offer", "lead")
    filterset_class = CaseFilterSet
    table_class = CaseTable
    title = "Fälle"
    noun = "Fälle"
    read_basis = OWN_WORK
    bulk_actions = (HandOverAction(),)
    tabs = (
        ("Offen", ""),
        ("Meine", "ansicht=meine"),
        ("Wartend", "ansicht=wartend"),
        ("Abgeschlossen", "ansicht=abgeschlossen"),
    )
    head_actions = (
        Action("Fall eröffnen", "cases:case_create", action="add", primary=True),
        Action("Notzugriff", "cases:breakglass_create", action="view"),
    )
    empty_text = "Ein Fall wird mit einer Person eröffnet, die eingewilligt hat."
    empty_action = Action("Fall eröffnen", "cases:case_create", action="add")

    def get_queryset(self):
        due = (
            PlanStep.objects.newest()
            .filter(goal__plan__case=OuterRef("pk"), done_on=None)
            .order_by()
            .values("goal__plan__case")
        )
        return (
            super().get_queryset().annotate(next_due=Subquery(due.annotate(first=Min("due")).values("first")))
        )


class CaseCreateView(ScopedCreateView):
    queryset = Case.objects.all()
    form_class = CaseCreateForm
    title = "Fall eröffnen"
    lead = "Der Fall beginnt in der Klärung und bekommt sein Aktenzeichen."
    submit_label = "Fall eröffnen"
    crumbs = (CRUMBS,)
    prefill = ("person", "offer")
    success_message = "Fall {object} ist eröffnet."

    def save(self, form):
        data = form.cleaned_data
        contact = None
        if pk := self.request.GET.get("kontakt"):
            from ...contacts.views import _uuid

            mine = Contact.objects.restrict(self.request.user, "change").filter(case=None, pk=_uuid(pk))
            contact = mine.filter(person__in=[data["person"].pk]).first()
        return services.open_case(
            by=self.request.user,
            person=data["person"],
            offer=data["offer"],
            lead=data["lead"],
            on=data["on"],
            contact=contact,
            help_need=contact.help_need if contact else None,
        )


class CaseLeadView(ScopedUpdateView):
    queryset = Case.objects.select_related("offer__carrier")
    form_class = LeadForm
    title = "Fallführung übergeben"
    submit_label = "Fallführung übergeben"
    read_basis = OWN_WORK
    crumbs = (CRUMBS,)


class CaseDetailView(Depths, FilesMixin, ScopedDetailView):
    """Full for the own carrier; for others the card and what the consent names."""

    queryset = Case.objects.select_related("person", "offer__carrier", "lead", "help_need")
    template_name = "cases/case_detail.html"
    crumbs = (CRUMBS,)
    AREAS = (
        ("", "Hilfeplan"),
        ("kontakte", "Kontakte"),
        ("bedarf", "Bedarfsanalyse"),
        ("vermittlungen", "Vermittlungen"),
    )

    def get_queryset(self):
        episodes = CaseEpisode.objects.filter(case=OuterRef("pk")).order_by().values("case")
        return (
            super()
            .get_queryset()
            .annotate(episode_count=Subquery(episodes.annotate(n=Count("pk")).values("n")))
        )

    def get_title(self):
        return str(self.object.person)

    def get_crumbs(self):
        return [CRUMBS]

    @cached_property
    def basis(self):
        return basis_for(self.request.user, self.object, self.object.offer.carrier)

    def get_read_basis(self):
        return self.basis

    def get_actions(self):
        case, state = self.object, self.object.State
        pk = case.pk
        opened = case.state != state.CLOSED
        entries = [
            (opened, "Weitervermitteln", "cases:referral_create", {}),
            (
                opened,
                "Kontakt erfassen",
                "",
                {"url": f"{reverse('cases:contact_create')}?case={pk}", "primary": True},
            ),
            (case.state in (state.CLEARING, state.WAITING), "Fall aktivieren", "cases:case_activate", {}),
            (case.state in (state.CLEARING, state.ACTIVE), "Warten lassen", "cases:case_wait", {}),
            (opened, "Bedarfsanalyse erfassen", "cases:needs_create", {}),
            (opened, "Fallführung übergeben", "cases:case_lead", {}),
            (opened, "Fall abschließen", "cases:case_close", {}),
            (not opened, "Wieder eröffnen", "cases:case_reopen", {"primary": True}),
        ]
        return [Action(label, url_name, **more) for shown, label, url_name, more in entries if shown]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, case = self.request.user, self.object
        area = self.request.GET.get("bereich", "")
        area = area if area in dict(self.AREAS) else ""
        full, changeable = self.can("full", case), self.can("change", case)
        contacts = list(
            Contact.objects.filter(case=case)
            .restrict(user, "view")
            .select_related("topic", "recorded_by")[: SHOWN_CONTACTS + 1]
        )
        referrals = list(
            case.referrals.restrict(user, "view").select_related("to_department", "to_offer", "consent")
        )
        plan = shown_plan(user, case, self.request.GET.get("fassung"))
        scores = latest_scores(user, case, plan)
        many = len(contacts) > SHOWN_CONTACTS
        counts = {
            "kontakte": f"über {SHOWN_CONTACTS}" if many else len(contacts),
            "vermittlungen": len(referrals),
        }
        context.update(
            area=area,
            areas=[
                (label, f"?bereich={code}" if code else self.request.path, code == area, counts.get(code))
                for code, label in self.AREAS
            ],
            full=full,
            changeable=changeable and case.is_open,
            reopenable=changeable,
            basis=self.basis,
            consent_url=f"{reverse('cases:consent_create', args=[case.person_id])}?case={case.pk}",
            phase=phase_of(case, plan=plan, assessed=bool(scores["rows"])),
            consents=[consent for consent in consents_of(user, person=case.person_id) if not consent.own],
            household=Household.objects.filter(members__person=case.person_id, members__until=None)
            .restrict(user, "view")
            .first(),
            contacts=contacts[: SHOWN_CONTACTS if area == "kontakte" else 3],
            contact_count=counts["kontakte"],
            referrals=referrals,
            plan=plan,
            scores=scores,
            episodes=list(case.episodes.restrict(user, "view")) if full and case.episode_count > 1 else [],
        )
        return context
