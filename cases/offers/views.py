"""What there is: offers, their sites, places and the end of their money."""

import django_filters
from django.urls import reverse
from django.utils import timezone

from soe.departments.scope import departments_granting
from soe.web.filters import FilterSet
from soe.web.views import Action, ScopedCreateView, ScopedDetailView, ScopedListView, ScopedUpdateView

from .forms import FundingForm, OfferForm, SiteForm
from .models import FundingPeriod, Offer, Site
from .places import own_offers, protected, with_places
from .tables import OfferTable

CRUMBS = ("Angebote", "/angebote/")


class OfferFilterSet(FilterSet):
    name = django_filters.CharFilter(label="Name", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label="Art", choices=Offer.Kind.choices)
    laufend = django_filters.ChoiceFilter(
        label="Laufzeit", choices=[("ja", "läuft"), ("nein", "beendet")], method="by_running"
    )

    class Meta(FilterSet.Meta):
        model = Offer
        fields = ["name", "kind", "laufend"]

    def by_running(self, rows, name, value):
        running = Offer.objects.running()
        return rows.filter(pk__in=running) if value == "ja" else rows.exclude(pk__in=running)


class OfferListView(ScopedListView):
    queryset = Offer.objects.select_related("carrier")
    filterset_class = OfferFilterSet
    table_class = OfferTable
    title = "Angebote"
    noun = "Angebote"
    head_actions = (Action("Angebot anlegen", "cases:offer_create", action="add", primary=True),)
    empty_text = "Hier stehen die Beratungsangebote der Träger mit Plätzen und Förderung."
    empty_action = Action("Angebot anlegen", "cases:offer_create", action="add")
    legend = "Zahlen anderer Träger unter 5 werden nicht einzeln gezeigt."

    def get_queryset(self):
        return with_places(super().get_queryset(), timezone.localdate())

    def get_table_kwargs(self):
        own = departments_granting(self.request.user, "case.view")
        return {"own": own, "today": timezone.localdate()}


class OfferDetailView(ScopedDetailView):
    queryset = Offer.objects.select_related("carrier")
    template_name = "cases/offer_detail.html"
    crumbs = (CRUMBS,)
    actions = (
        Action("Angebot ändern", "cases:offer_update"),
        Action("Standort hinzufügen", "cases:site_create"),
        Action("Förderung hinzufügen", "cases:funding_create"),
    )

    def get_queryset(self):
        return with_places(super().get_queryset(), timezone.localdate())

    def get_actions(self):
        own = own_offers(self.request.user).filter(pk=self.object.pk).exists()
        record = Action(
            "Kontakt erfassen",
            url=f"{reverse('cases:contact_create')}?offer={self.object.pk}",
            action="view",
            primary=True,
            icon="tally",
        )
        return [record, *self.actions] if own else list(self.actions)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        own = self.object.carrier_id in departments_granting(self.request.user, "case.view")
        funding = list(self.object.funding.all())
        for period in funding:
            period.soon, period.over = period.ends_soon(today), period.ends_on < today
        context.update(
            sites=self.object.sites.select_related("address__street"),
            funding=funding,
            unfunded=bool(funding) and all(period.over for period in funding),
            own=own,
            occupied=protected(self.object.occupied, own),
            waiting=protected(self.object.waiting, own),
            today=today,
        )
        return context


class OfferCreateView(ScopedCreateView):
    queryset = Offer.objects.all()
    form_class = OfferForm
    title = "Angebot anlegen"
    submit_label = "Angebot anlegen"
    crumbs = (CRUMBS,)


class OfferUpdateView(ScopedUpdateView):
    queryset = Offer.objects.all()
    form_class = OfferForm
    submit_label = "Angebot speichern"
    crumbs = (CRUMBS,)


class OfferPart(ScopedCreateView):
    parent_queryset = Offer.objects.all()
    parent_action = "change"
    parent_field = "offer"

    def get_crumbs(self):
        return [CRUMBS, (str(self.parent), self.parent.get_absolute_url())]


class SiteCreateView(OfferPart):
    queryset = Site.objects.all()
    form_class = SiteForm
    title = "Standort hinzufügen"
    submit_label = "Standort speichern"


class FundingCreateView(OfferPart):
    queryset = FundingPeriod.objects.all()
    form_class = FundingForm
    title = "Förderung hinzufügen"
    submit_label = "Förderung speichern"


class FundingUpdateView(ScopedUpdateView):
    queryset = FundingPeriod.objects.select_related("offer")
    form_class = FundingForm
    title = "Förderung ändern"
    submit_label = "Förderung speichern"

    def get_crumbs(self):
        return [CRUMBS, (str(self.object.offer), self.object.get_absolute_url())]
