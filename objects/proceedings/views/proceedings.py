"""/verfahren/: the list with stubs, one proceeding with its ladder, opening and closing."""

from django.db.models import Min, OuterRef, Prefetch, Subquery
from django.urls import reverse

from objects.register.models import Property
from soe.audit.reads import log_read
from soe.departments.grants import grants_on
from soe.web.files.panel import FilesMixin, files_panels
from soe.web.forms import ReasonForm
from soe.web.letters.views import LettersMixin
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from ..bulk_actions import AssignProceedingAction
from ..filters import ProceedingFilterSet
from ..forms import CloseForm, HearingForm, ProceedingForm
from ..ladder import item_in_focus, ladder
from ..models import (
    EnforcementStep,
    Lawsuit,
    LawsuitItem,
    Measure,
    Order,
    OrderItem,
    OrderItemCheck,
    OrderService,
    Proceeding,
)
from ..models.claims import NOTHING
from ..services import open_proceeding, record_hearing
from ..tables import ProceedingTable

STUBS_SHOWN = 25


def with_next_due(rows):
    due = (
        OrderItem.objects.open()
        .filter(order__proceeding=OuterRef("pk"), suspended_on=None)
        .order_by()
        .values("order__proceeding")
        .annotate(first=Min("due_on"))
        .values("first")
    )
    return rows.annotate(next_due=Subquery(due))


class ProceedingListView(ScopedListView):
    queryset = with_next_due(Proceeding.objects.select_related("property", "department", "legal_basis"))
    filterset_class = ProceedingFilterSet
    table_class = ProceedingTable
    template_name = "objects/proceedings/list.html"
    title = "Verfahren"
    tabs = (
        ("Alle", ""),
        ("Laufend", "stand=laufend"),
        ("Mein Fachbereich", "ansicht=meine"),
        ("Frist abgelaufen", "ansicht=frist"),
    )
    bulk_actions = (AssignProceedingAction(),)
    head_actions = (Action("Auskunftsersuchen", "objects:request_list", action="view"),)
    empty_text = "Ein Verfahren eröffnen Sie auf der Seite des Objekts, an dem Ihr Fachbereich handelt."

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not context["filtered"] and context["page_obj"].number == 1:
            hidden = Proceeding.objects.open().order_by("-opened_on", "-id")
            context["stubs"] = stubs_with_houses(hidden, self.request.user)
        return context


def stubs_with_houses(rows, user):
    """Stubs for a list, each with the number and title of its property, which everybody in the register sees."""
    stubs = rows.stubs_for(user, limit=STUBS_SHOWN)
    houses = Property.objects.restrict(user, "view").in_bulk({stub.property_id for stub in stubs})
    return [(stub, houses.get(stub.property_id)) for stub in stubs]


def whole(rows):
    return rows.select_related("property", "department", "legal_basis", "responsible").prefetch_related(
        Prefetch("steps", EnforcementStep.objects.select_related("item")),
        Prefetch("orders", Order.objects.select_related("addressee")),
        Prefetch("orders__services", OrderService.objects.select_related("party", "rule")),
        "rehousings",
        Prefetch("orders__items", OrderItem.objects.select_related("legal_basis").order_by("number")),
        Prefetch("orders__items__steps", EnforcementStep.objects.order_by("created_at", "id")),
        Prefetch("orders__items__checks", OrderItemCheck.objects.order_by("checked_on", "id")),
    )


def linked(proceeding):
    """All items, each pointing at the order and proceeding already read."""
    items = []
    for order in proceeding.orders.all():
        order.proceeding = proceeding
        for item in order.items.all():
            item.order = order
            items.append(item)
            for step in item.steps.all():
                step.proceeding, step.item = proceeding, item
    return items


class ProceedingDetailView(FilesMixin, LettersMixin, ScopedDetailView):
    queryset = whole(Proceeding.objects.all())
    template_name = "objects/proceedings/detail.html"
    actions = (
        Action("Anhörung festhalten", "objects:hearing_create", when=lambda row: row.is_open),
        Action("Verfügung erfassen", "objects:order_create", when=lambda row: row.is_open),
        Action(
            "Haushalt und Ersatzwohnraum",
            "objects:rehousing_create",
            when=lambda row: row.is_open and row.is_unfit,
        ),
        Action("Verfahren ändern", "objects:proceeding_update"),
        Action("Verfahren abschließen", "objects:proceeding_close", when=lambda row: row.is_open),
        Action("Wieder eröffnen", "objects:proceeding_reopen", when=lambda row: not row.is_open),
    )

    def log_view(self):
        """Who sees it only by exception leaves a line in the read log each time."""
        super().log_view()
        by_right = Proceeding.scope.rule("view").q(Proceeding, self.request.user)
        if not Proceeding.objects.filter(by_right, pk=self.object.pk).exists():
            log_read("view", Proceeding, obj=self.object, basis="Auskunftsersuchen")

    def get_title(self):
        return self.object.subject

    def get_crumbs(self):
        house = self.object.property
        return [("Verfahren", reverse("objects:proceeding_list")), (house.number, house.get_absolute_url())]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        row, user = self.object, self.request.user
        items = linked(row)
        focus = item_in_focus(items, self.request.GET.get("punkt", ""))
        may_change = self.can("change", row)
        context.update(
            items=items,
            focus=focus,
            rungs=ladder(row, focus),
            may_change=may_change and row.is_open,
            may_owner=user.may("owner.view"),
            measures=Measure.objects.restrict(user, "view")
            .filter(proceeding=row)
            .select_related("department"),
            lawsuits=lawsuits_of(row),
            claims=list(row.claims.all()),
            requests=row.information_requests.restrict(user, "view").select_related("asking_department"),
            complaints=row.complaint_references.restrict(user, "view").select_related(
                "complaint__address__street"
            ),
            grants=grants_on(row) if may_change else [],
        )
        panels = files_panels(self.request, row.orders.all())
        for order in row.orders.all():
            order.files = panels[order.pk]
            mine = {item.pk for item in order.items.all()}
            order.open_sum = sum(
                (claim.open_amount for claim in context["claims"] if claim.item_id in mine), NOTHING
            )
        context["claims_open"] = sum((claim.open_amount for claim in context["claims"]), NOTHING)
        return context


def lawsuits_of(proceeding):
    """Lawsuits against its orders, each pointing at the order already read."""
    orders = {order.pk: order for order in proceeding.orders.all()}
    rows = list(
        Lawsuit.objects.filter(order__in=orders)
        .select_related("plaintiff")
        .prefetch_related(
            Prefetch("items", LawsuitItem.objects.select_related("item").order_by("item__number"))
        )
        .order_by("filed_on", "id")
    )
    for row in rows:
        row.order = orders[row.order_id]
    return rows


class ProceedingCreateView(ScopedCreateView):
    """Opening a proceeding needs the lead or an accepted participation of the own department."""

    queryset = Proceeding.objects.all()
    parent_queryset = Property.objects.filter(retired_on=None)
    parent_action = "proceed"
    form_class = ProceedingForm
    title = "Verfahren eröffnen"
    submit_label = "Verfahren eröffnen"
    success_message = "Das Verfahren ist eröffnet."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"house": self.parent}

    def save(self, form):
        data = form.cleaned_data
        return open_proceeding(
            self.parent,
            by=self.request.user,
            department=form.own_department(data),
            subject=data["subject"],
            file_number=data["file_number"],
            legal_basis=data["legal_basis"],
            visibility=data["visibility"],
            on=data["opened_on"],
            kind=data["kind"],
            danger_because=data["danger_because"],
            responsible=data["responsible"],
            note=data["note"],
        )


class ProceedingUpdateView(ScopedUpdateView):
    queryset = Proceeding.objects.select_related("property")
    form_class = ProceedingForm
    title = "Verfahren ändern"
    success_message = "Das Verfahren ist geändert."


class ProceedingStep(ActionView):
    queryset = Proceeding.objects.select_related("property", "department")


class ProceedingCloseView(ProceedingStep):
    form_class = CloseForm
    method = "close"
    title = submit_label = "Verfahren abschließen"
    success_message = "Das Verfahren ist abgeschlossen."


class ProceedingReopenView(ProceedingStep):
    form_class = ReasonForm
    method = "reopen"
    title = submit_label = "Verfahren wieder eröffnen"
    success_message = "Das Verfahren läuft wieder."


class HearingView(ProceedingStep):
    form_class = HearingForm
    title = submit_label = "Anhörung festhalten"
    success_message = "Die Anhörung ist festgehalten."

    def perform(self, obj, form):
        record_hearing(obj, by=self.request.user, **form.cleaned_data)
