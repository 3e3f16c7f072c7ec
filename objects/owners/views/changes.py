"""A property changes hands; what that means for measures and orders, department by department."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from objects.proceedings.models import Measure, OrderItem
from objects.register.views.steps import OnProperty
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from .. import forms
from ..changing import affected, change_owner, drafts_to, succession_hints
from ..models import OwnerChange, Readdressing, SuccessionRule
from ..suspicion import suggest_for
from ..tables import SuccessionRuleTable
from .parties import NeedsOwners


class OwnerChangeCreateView(NeedsOwners, OnProperty):
    form_class = forms.OwnerChangeForm
    template_name = "objects/owners/change_form.html"
    title = "Eigentümerwechsel eintragen"
    submit_label = "Eigentümerwechsel eintragen"
    success_message = "Der Eigentümerwechsel ist eingetragen. Die betroffenen Stellen sind gefragt."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"house": self.object}

    def perform(self, obj, form):
        data, user = form.cleaned_data, self.request.user
        for buyer in form.buyers:
            if buyer.party._state.adding:
                buyer.party.full_clean()
                buyer.party.save()
        change = change_owner(
            obj, by=user, ends=form.ending, buyers=form.buyers, on=data["on"], source=data["source"],
            kind=data["kind"], note=data["note"],
        )  # fmt: skip
        suggest_for(user, *(buyer.party for buyer in form.buyers))
        return change

    def get_context_data(self, **kwargs):
        """What it touches: readable matters by name, of the others only how many."""
        context = super().get_context_data(**kwargs)
        rows = [row.party for row in context["form"].rights.values()]
        measures, items = affected(self.object, rows)
        mine = measures.restrict(self.request.user).select_related("department")
        own = items.restrict(self.request.user).select_related("order__proceeding__department")
        context["measures"] = list(mine.order_by("department__position", "due_on")[:60])
        context["items"] = list(own.order_by("order__proceeding__department__position", "due_on")[:60])
        context["letters"] = list(drafts_to(self.object, rows).restrict(self.request.user, "view")[:20])
        context["hidden_count"] = 0
        if self.may("proceeding.view"):
            context["hidden_count"] = measures.count() - mine.count() + items.count() - own.count()
        return context


class OwnerChangeView(ScopedDetailView):
    """The change, one's own matters to decide on, and how far the other departments are."""

    queryset = OwnerChange.objects.select_related("property").prefetch_related("ended__party", "begun__party")
    template_name = "objects/owners/change.html"

    def get_title(self):
        return f"{self.object.get_kind_display()}: {self.object.property.title}"

    def get_crumbs(self):
        house = self.object.property
        return [("Objekte", reverse("objects:property_list")), (str(house), house.get_absolute_url())]

    def get_actions(self):
        house = self.object.property
        return [Action("Zum Objekt", url=house.get_absolute_url(), action="view")]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, change = self.request.user, self.object
        rows = Readdressing.objects.restrict(user, "view").filter(change=change)
        rows = list(
            rows.select_related(
                "measure", "department", "addressee", "item__legal_basis",
                "item__order__proceeding__legal_basis",
            )
        )  # fmt: skip
        readable = set(
            Measure.objects.restrict(user).filter(readdressings__in=rows).values_list("pk", flat=True)
        )
        readable |= set(
            OrderItem.objects.restrict(user).filter(readdressings__in=rows).values_list("pk", flat=True)
        )
        for row in rows:
            row.hints = succession_hints(row.item, timezone.localdate()) if row.item_id else []
        rows = [row for row in rows if (row.measure_id or row.item_id) in readable]
        others = Readdressing.objects.filter(change=change).exclude(pk__in=[row.pk for row in rows])
        counts = others.order_by().aggregate(n=Count("pk"), waiting=Count("pk", filter=Q(state="asked")))
        sellers = [row.party for row in change.ended.all()]
        return context | {
            "rows": rows,
            "others": counts["n"],
            "others_waiting": counts["waiting"],
            "letters": list(drafts_to(change.property, sellers).restrict(user, "view")[:20]),
        }


class ReaddressView(ActionView):
    queryset = Readdressing.objects.select_related(
        "change__property", "measure", "item__order__proceeding__legal_basis", "item__legal_basis"
    )
    form_class = forms.ReaddressForm
    template_name = "objects/owners/readdress.html"
    submit_label = "Entscheidung speichern"
    success_message = "Die Entscheidung ist gespeichert."

    def get_title(self):
        return f"Nach dem Eigentümerwechsel: {self.object.subject}"

    def get_crumbs(self):
        house = self.object.change.property
        return [(str(house), house.get_absolute_url())]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"row": self.object}

    def perform(self, obj, form):
        obj.decide(by=self.request.user, **form.cleaned_data)
        return obj.measure if not self.may("owner.view") and obj.measure_id else None

    def get_cancel_url(self):
        return (
            self.object.get_absolute_url()
            if self.may("owner.view")
            else self.object.change.property.get_absolute_url()
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.object.item_id:
            context["hints"] = succession_hints(self.object.item, timezone.localdate())
        return context


class SuccessionRuleListView(ScopedListView):
    queryset = SuccessionRule.objects.all()
    table_class = SuccessionRuleTable
    title = "Rechtsnachfolge"
    noun = "Regeln"
    lead = "Was das Gesetz beim Wechsel des Eigentümers sagt. Ein Hinweis für die Entscheidung, nicht die Entscheidung."
    crumbs = (("Eigentümer und Verwalter", "/eigentuemer/"),)
    head_actions = (
        Action("Regel ergänzen", "objects:succession_rule_create", action="add", primary=True, icon="plus"),
    )
    empty_text = "Ohne Regeln nennt die Seite nach einem Eigentümerwechsel keinen Hinweis."
    empty_action = head_actions[0]


class SuccessionRuleCreateView(ScopedCreateView):
    queryset = SuccessionRule.objects.all()
    form_class = forms.SuccessionRuleForm
    title = "Regel zur Rechtsnachfolge ergänzen"
    submit_label = "Regel speichern"

    def get_crumbs(self):
        return [("Rechtsnachfolge", reverse("objects:succession_rules"))]

    def get_cancel_url(self):
        return reverse("objects:succession_rules")


class SuccessionRuleUpdateView(ScopedUpdateView):
    queryset = SuccessionRule.objects.all()
    form_class = forms.SuccessionRuleForm
    submit_label = "Änderungen speichern"

    def get_crumbs(self):
        return [("Rechtsnachfolge", reverse("objects:succession_rules"))]
