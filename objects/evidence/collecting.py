"""What goes in: always through the rights of the maker, never anything internal, never who complained."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, Q
from django.urls import reverse

from objects.attachments import files_of_house
from objects.inspections.models import Finding, Inspection, InspectionDay, InspectionParticipation
from objects.proceedings.models import Measure, Order, OrderItem, OrderService, Proceeding
from objects.register.models import Ownership, Property
from objects.register.views.detail import whole
from soe.departments.models import Visibility
from soe.web.files.selectors import attachments_on
from soe.web.registry import timeline

from .redaction import redact

KINDS = {
    "timeline": "Zeitleiste",
    "orders": "Verfügungen mit Zustellung",
    "inspections": "Kontrollen und Feststellungen",
    "owners": "Eigentum und Verwaltung",
    "files": "Fotos und Dokumente",
}
INTERNAL = Visibility.INTERNAL
MOST_ENTRIES = 3000


@dataclass
class Pack:
    """All text is redacted here already."""

    house: Property
    since: date
    until: date
    kinds: tuple
    owners: list = field(default_factory=list)
    orders: list = field(default_factory=list)
    inspections: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    left_out: int = 0  # entries that exist and are not in the pack: internal, or out of the maker's reach
    files: list = field(default_factory=list)


def collect(user, house_id, since, until, kinds) -> Pack:
    house = whole(Property.objects.all()).restrict(user, "document").get(pk=house_id)
    pack = Pack(house, since, until, tuple(kind for kind in KINDS if kind in kinds))
    if "owners" in pack.kinds and user.may("owner.view"):
        rows = Ownership.objects.restrict(user, "view").filter(property=house).select_related("party")
        rows = rows.filter(Q(until=None) | Q(until__gte=since), Q(since=None) | Q(since__lte=until))
        pack.owners = list(rows.order_by("role", "since"))
    if "orders" in pack.kinds:
        pack.orders = _orders(user, house, since, until)
    if "inspections" in pack.kinds:
        pack.inspections = _inspections(user, house, since, until)
    if "timeline" in pack.kinds:
        _entries(user, pack)
    if "files" in pack.kinds:
        pack.files = _files(user, house, since, until)
    return pack


def _orders(user, house, since, until):
    services = OrderService.objects.select_related("party", "rule").order_by("created_at")
    items = OrderItem.objects.select_related("legal_basis").order_by("number")
    rows = (
        Order.objects.restrict(user, "view")
        .filter(proceeding__property=house, issued_on__range=(since, until))
        .exclude(proceeding__visibility=INTERNAL)
        .select_related("proceeding__department", "addressee")
        .prefetch_related(Prefetch("services", services), Prefetch("items", items))
        .order_by("issued_on", "id")
    )
    sees_names, found = user.may("owner.view"), []
    for row in rows:
        found.append(
            {
                "order": row,
                "addressee": str(row.addressee) if row.addressee_id and sees_names else "",
                "services": [(service, service.whom if sees_names else "") for service in row.services.all()],
                "items": [(item, redact(item.text)) for item in row.items.all()],
            }
        )
    return found


def _inspections(user, house, since, until):
    rows = (
        Inspection.objects.restrict(user, "view")
        .filter(property=house, day__date__range=(since, until))
        .filter(day__in=InspectionDay.objects.held().order_by().values("pk"))
        .select_related("day")
        .order_by("day__date")
    )
    people = user.may("inspection.record")
    team = InspectionParticipation.objects.restrict(user, "view").filter(
        day__in=[row.day_id for row in rows], state="accepted"
    )
    teams: dict = {}
    for part in team.exclude(present=False).select_related("department"):
        teams.setdefault(part.day_id, []).append(
            (str(part.department or part.body), part.headcount, redact(part.people) if people else "")
        )
    findings: dict = {}
    readable = (
        Finding.objects.restrict(user, "view").filter(inspection__in=[row.pk for row in rows]).defects()
    )
    for row in (
        readable.exclude(visibility=INTERNAL).exclude(state="withdrawn").select_related("department", "visit")
    ):
        findings.setdefault(row.inspection_id, []).append((row, redact(row.text)))
    return [
        {"inspection": row, "team": teams.get(row.day_id, []), "findings": findings.get(row.pk, [])}
        for row in rows
    ]


def _entries(user, pack):
    complaints = reverse("objects:complaint_list")
    for entry in reversed(timeline.entries(Property, user, pack.house, limit=MOST_ENTRIES)):
        if not pack.since <= entry.day <= pack.until:
            continue
        if entry.stub or entry.visibility == INTERNAL:
            pack.left_out += 1
            continue
        # The words of a complaint often name whoever complained or somebody next door.
        text = "" if entry.url.startswith(complaints) else redact(entry.text)
        pack.entries.append((entry, redact(entry.title), text))


def _files(user, house, since, until):
    found = {row.pk: row for row in files_of_house(user, house)}
    proceedings = (
        Proceeding.objects.restrict(user, "view").filter(property=house).exclude(visibility=INTERNAL)
    )
    orders = Order.objects.filter(proceeding__in=proceedings.order_by().values("pk"))
    measures = Measure.objects.restrict(user, "view").filter(property=house).exclude(visibility=INTERNAL)
    for rows in (proceedings, orders, measures):
        ids = list(rows.order_by().values_list("pk", flat=True))
        for files in attachments_on(user, rows.model, ids).values():
            found |= {row.pk: row for row in files}
    rows = [
        row
        for row in found.values()
        if since <= row.on <= until
        and row.visibility != INTERNAL
        and not row.is_social
        and not row.removed_at
    ]
    return sorted(rows, key=lambda row: (row.on, row.created_at, str(row.pk)))
