"""A property changes hands: rights end and begin, and every department decides about its own open matters."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from objects import notices
from objects.proceedings.models import Measure, OrderItem, Proceeding
from objects.register.models import Ownership
from objects.register.services import add_owner
from soe.audit.context import acting_as
from soe.web.letters.models import Letter

from .models import OwnerChange, Readdressing, SuccessionRule


@dataclass(frozen=True)
class Buyer:
    party: object
    share: tuple = (None, None)
    role: str = Ownership.Role.OWNER


def affected(house, parties):
    """Open measures at the house, and open order items that were addressed to `parties` (or to nobody by name)."""
    measures = Measure.objects.open().filter(property=house)
    items = OrderItem.objects.open().filter(
        order__proceeding__property=house, order__proceeding__closed_on=None
    )
    ids = [party.pk for party in parties]
    return measures, items.filter(Q(order__addressee__in=ids) | Q(order__addressee=None))


def drafts_to(house, parties):
    """Letters on proceedings of the house that are written to `parties` and not sent yet."""
    whom = Q(pk=None)
    for party in parties:
        whom |= Q(recipient__istartswith=party.name)
    proceedings = Proceeding.objects.filter(property=house).order_by().values("pk")
    return Letter.objects.about_all(Proceeding, proceedings).filter(whom, sent_on=None)


@transaction.atomic
def change_owner(
    house, *, by, ends, buyers, on, source, kind=OwnerChange.Kind.SALE, note="", reason=""
) -> OwnerChange:
    """`ends`: ownerships that end; `buyers`: whose begin. Nothing is re-addressed: each department is asked."""
    ends, buyers = list(ends), list(buyers)
    if not ends and not buyers:
        raise ValidationError("Bitte geben Sie an, wer verkauft oder wer erwirbt.")
    if on > timezone.localdate():
        raise ValidationError({"on": "Der Wechsel kann nicht in der Zukunft liegen."})
    with acting_as(by):
        house.lock()
        if house.is_retired:
            raise ValidationError(f"{house.number} ist abgeschlossen.")
        change = OwnerChange(property=house, on=on, kind=kind, source=source, note=note)
        change.full_clean(exclude=["property"])
        change.save(reason=reason or change.get_kind_display())
        for row in ends:
            if row.property_id != house.pk:
                raise ValidationError("Dieses Recht gehört zu einem anderen Objekt.")
            if row.since and row.since > on:
                raise ValidationError(
                    {"on": f"Das Recht von {row.party} begann erst am {row.since:%d.%m.%Y}."}
                )
            row.end(by=by, reason=reason or str(change), on=on, change=change)
        for buyer in buyers:
            row = add_owner(
                house, buyer.party, by=by, role=buyer.role, since=on, share=buyer.share, source=source,
                reason=reason or str(change),
            )  # fmt: skip
            row.begun_by = change
            row.save(reason=reason or str(change))
        _ask(change, [row.party for row in ends])
    return change


def _ask(change, sellers):
    measures, items = affected(change.property, sellers)
    rows = [
        Readdressing(change=change, department_id=measure.department_id, measure=measure)
        for measure in measures.order_by("due_on", "pk")
    ]
    rows += [
        Readdressing(change=change, department_id=item.order.proceeding.department_id, item=item)
        for item in items.select_related("order__proceeding").order_by("order__issued_on", "number")
    ]
    for row in rows:
        row.save(reason="Eigentümerwechsel")
    notices.owner_changed(change, rows, drafts_to(change.property, sellers).select_related("department"))


def proposed_addressee(proceeding):
    """To whom a new letter of the proceeding goes: the addressee of its last order while he still owns or manages
    the house, else who owns it now. None when nobody is known."""
    order = proceeding.orders.exclude(addressee=None).order_by("-issued_on").first()
    rights = Ownership.objects.current().filter(property=proceeding.property_id)
    if order is not None and not _sold(proceeding.property_id, order.addressee_id):
        return order.addressee_id
    owner = rights.filter(role=Ownership.Role.OWNER).order_by("-since", "pk").first()
    return owner.party_id if owner else order.addressee_id if order else None


def _sold(house_id, party_id):
    """His right ended by a recorded change, and he holds none any more."""
    rows = Ownership.objects.filter(property=house_id, party=party_id)
    return rows.filter(ended_by__isnull=False).exists() and not rows.current().exists()


# --- what the law says about the successor ---------------------------------------------------------------------------

# law, paragraph, effect, hint, valid from. Seen as of 2024; the coordination office rechecks and dates changes.
BUILDING = """Bauaufsichtliche Maßnahmen gelten auch für und gegen die Rechtsnachfolgerin oder den Rechtsnachfolger.
Der neue Eigentümer sollte schriftlich darauf hingewiesen werden."""
THREAT = """Die Androhung eines Zwangsmittels richtet sich an eine bestimmte Person. Gegen den neuen Eigentümer ist neu
anzudrohen; ein festgesetztes Zwangsgeld bleibt beim bisherigen."""
GENERAL = """Ob die Verfügung gegen den Rechtsnachfolger wirkt, ist im Einzelfall zu prüfen (grundstücksbezogen?
vertretbar? bestandskräftig?). Im Zweifel eine neue Verfügung erlassen."""
# Not yet checked against the law's text: „zuletzt geprüft“ stays empty until somebody did.
RULES = [
    ("BauO NRW", "§ 58 Abs. 3", "binding", BUILDING, date(2019, 1, 1)),
    ("VwVG NRW", "§ 63", "personal", THREAT, date(2003, 2, 19)),
    ("", "", "check", GENERAL, date(2000, 1, 1)),
]


def ensure_succession_rules(*, reason="Grundeinrichtung") -> int:
    """Create missing rules; needs an actor."""
    known = set(SuccessionRule.objects.values_list("law", "paragraph"))
    missing = [row for row in RULES if row[:2] not in known]
    for law, paragraph, effect, hint, valid_from in missing:
        SuccessionRule(
            law=law,
            paragraph=paragraph,
            effect=effect,
            hint=" ".join(hint.split()),
            valid_from=valid_from,
        ).save(reason=reason)
    return len(missing)


def succession_hints(item, on) -> list[SuccessionRule]:
    """Rules for an order item on a day: of its own law, else the general one; and of the threat when there is one."""
    rules = SuccessionRule.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)
    basis = item.legal_basis or item.order.proceeding.legal_basis
    found = [rule for rule in rules if basis and rule.law == basis.law] or [
        rule for rule in rules if not rule.law
    ]
    if item.threatened_amount or item.substitute_cost or item.force_threatened:
        found += [rule for rule in rules if rule.law == "VwVG NRW" and rule not in found]
    return found
