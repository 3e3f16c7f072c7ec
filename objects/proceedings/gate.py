"""The gate of enforcement: what the law wants documented before a step, and what is missing (VwVG NRW §§ 55–65)."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from soe.web.text import day as words
from soe.web.text import euro

from .models import EnforcementStep, OrderItem, Proceeding, StepKind
from .models.orders import pending_lawsuits


@dataclass(frozen=True)
class Precondition:
    """One thing the law demands. `text` says it, met or not; `repair` leads to where it can be documented."""

    code: str
    met: bool
    text: str
    strong: str = ""  # the words that stand out when it is missing
    repair: str = ""
    repair_label: str = ""


def missing_preconditions(subject, step, *, on: date | None = None) -> list[Precondition]:
    """What is missing for `step` (an EnforcementStep draft or a StepKind) on an order item or a proceeding."""
    return [entry for entry in preconditions(subject, step, on=on) if not entry.met]


def preconditions(subject, step, *, on: date | None = None) -> list[Precondition]:
    """Every precondition of the step, in the order the law names them."""
    on = on or timezone.localdate()
    kind = StepKind(step.kind if isinstance(step, EnforcementStep) else step)
    draft = step if isinstance(step, EnforcementStep) else None
    if isinstance(subject, Proceeding):
        if kind != StepKind.ORDER:
            return []
        return [_hearing(subject), *([_rehoused(subject, on)] if subject.is_unfit else [])]
    item: OrderItem = subject
    if kind == StepKind.THREAT:
        found = [_served(item, on), _threat_amount(draft)]
    elif kind == StepKind.PENALTY:
        found = [_enforceable(item, on), _amount_threatened(item, draft), _missed(item, on)]
        found.append(_payment(item, draft, on))
    elif kind == StepKind.SUBSTITUTE:
        found = [
            _enforceable(item, on),
            _substitute_threatened(item),
            _missed(item, on),
            _after_penalty(item, draft),
        ]
    elif kind == StepKind.FORCE:
        found = [
            _enforceable(item, on),
            _force_threatened(item),
            _missed(item, on),
            _after_penalty(item, draft),
        ]
    else:
        raise ValueError(f"{kind} belongs to a proceeding, not to an item")
    if item.order.proceeding.is_unfit:
        found[1:1] = [_owner_and_residents(item, on), _rehoused(item.order.proceeding, on)]
    return [*found, *_obstacles(item, on)]


def _url(name, obj, query=""):
    return reverse(f"objects:{name}", args=[obj.pk]) + query


def _hearing(proceeding):
    done = proceeding.steps.filter(kind=StepKind.HEARING, state=EnforcementStep.State.DONE).exists()
    return Precondition(
        "hearing",
        done,
        "Anhörung nach § 28 VwVfG NRW",
        "Anhörung",
        _url("hearing_create", proceeding),
        "Anhörung festhalten",
    )


def _rehoused(proceeding, on):
    """§ 9 Abs. 4 WohnStG NRW: replacement housing first, unless there is immediate danger."""
    if proceeding.danger_because:
        return Precondition("rehoused", True, f"Unmittelbare Gefahr: {proceeding.danger_because}")
    households = list(proceeding.rehousings.all())
    without = [row for row in households if row.offered_on is None or row.offered_on > on]
    if households and not without:
        return Precondition("rehoused", True, f"Ersatzwohnraum für alle Haushalte ({len(households)})")
    text = (
        f"fehlt für {', '.join(row.place for row in without)}"
        if without
        else "ist für keinen Haushalt festgehalten"
    )
    return Precondition(
        "rehoused",
        False,
        f"{text} (§ 9 Abs. 4 WohnStG NRW)",
        "Ersatzwohnraum",
        _url("rehousing_create", proceeding),
        "Haushalt und Angebot festhalten",
    )


def _owner_and_residents(item, on):
    """§ 9 Abs. 3 WohnStG NRW: the declaration goes to the owner and to the residents."""
    roles = item.order.served_roles(on)
    left = [label for role, label in (("owner", "Eigentum"), ("resident", "Bewohner")) if role not in roles]
    return Precondition(
        "both_served",
        not left,
        f"fehlt an {' und '.join(left)} (§ 9 Abs. 3 WohnStG NRW)"
        if left
        else "Erklärung an Eigentum und Bewohner zugestellt",
        "Zustellung",
        _url("order_serve", item.order),
        "Zustellung vermerken",
    )


def _served(item, on):
    served = item.order.served_on
    return Precondition(
        "served",
        served is not None and served <= on,
        f"Verfügung zugestellt am {words(served)}" if served else "Verfügung zugestellt: Datum fehlt",
        "Zustellung",
        _url("order_serve", item.order),
        "Zustellung vermerken",
    )


def _threat_amount(draft):
    force = draft is not None and draft.means == StepKind.FORCE
    return Precondition(
        "threat_amount",
        force or bool(draft is not None and draft.amount),
        "Bestimmter Betrag in der Androhung",
        "Betrag",
        _url("step_update", draft) if draft is not None and not draft._state.adding else "",
        "Betrag eintragen",
    )


def _enforceable(item, on):
    met = item.order.is_enforceable(on)
    if item.order.served_on is None:
        return Precondition(
            "enforceable",
            met,
            "Verfügung bestandskräftig oder sofort vollziehbar: Sie ist noch nicht zugestellt",
            "Zustellung",
            _url("order_serve", item.order),
            "Zustellung vermerken",
        )
    return Precondition(
        "enforceable",
        met,
        "Verfügung bestandskräftig oder sofort vollziehbar",
        "Vollziehbarkeit",
        _url("order_final", item.order),
        "Bestandskraft vermerken",
    )


def _amount_threatened(item, draft):
    amount = item.threatened_amount
    if draft is not None and draft.amount and amount and draft.amount > amount:
        return Precondition(
            "threatened",
            False,
            f"Der Entwurf setzt {euro(draft.amount)} fest, angedroht sind {euro(amount)}",
            "Betrag",
            _url("step_update", draft),
            "Betrag ändern",
        )
    if amount and item.threat_used_on:
        return Precondition(
            "threatened",
            False,
            f"Die Androhung von {euro(amount)} ist mit dem Zwangsgeld vom {words(item.threat_used_on)} verbraucht; "
            "ein weiteres braucht eine neue (§ 63 VwVG NRW)",
            "Androhung",
            _url("threat_create", item, "?means=penalty"),
            "Neu androhen",
        )
    return Precondition(
        "threatened",
        bool(amount),
        f"Zwangsgeld in bestimmter Höhe angedroht: {euro(amount)}"
        if amount
        else "Zwangsgeld in bestimmter Höhe angedroht",
        "Androhung",
        _url("threat_create", item, "?means=penalty"),
        "Androhung festhalten",
    )


def _missed(item, on):
    repair = _url("check_create", item)
    if item.due_on is None:
        return Precondition(
            "missed", False, "Der Punkt hat keine Frist", "Frist", _url("item_extend", item), "Frist setzen"
        )
    if on <= item.due_on:
        return Precondition("missed", False, f"Die Frist läuft bis {words(item.due_on)}", "Frist")
    check = (
        item.checks.filter(checked_on__gt=item.due_on, checked_on__lte=on)
        .order_by("-checked_on", "-id")
        .first()
    )
    if check is None:
        return Precondition(
            "missed",
            False,
            f"Nachkontrolle nach dem {words(item.due_on)} fehlt",
            "Frist versäumt:",
            repair,
            "Nachkontrolle festhalten",
        )
    if check.fulfilled:
        return Precondition(
            "missed",
            False,
            f"Nachkontrolle am {words(check.checked_on)}: erfüllt",
            "Frist eingehalten:",
            repair,
            "Neue Nachkontrolle",
        )
    return Precondition(
        "missed", True, f"Frist versäumt: Nachkontrolle am {words(check.checked_on)}, nicht erfüllt"
    )


def _payment(item, draft, on):
    due = draft.payment_due if draft is not None else None
    if draft is not None and not draft._state.adding:
        repair = _url("step_update", draft)
    else:
        repair = _url("penalty_create", item)
    if due is not None and due <= on:
        return Precondition(
            "payment",
            False,
            f"liegt mit {words(due)} vor dem Bescheid",
            "Zahlungsfrist",
            repair,
            "Frist eintragen",
        )
    return Precondition(
        "payment",
        due is not None,
        f"Zahlungsfrist im Bescheid: {words(due)}" if due else "steht nicht im Entwurf des Bescheids",
        "Zahlungsfrist",
        repair,
        "Frist eintragen",
    )


def _substitute_threatened(item):
    cost = item.substitute_cost
    return Precondition(
        "threatened",
        bool(cost),
        f"Ersatzvornahme angedroht, Kosten etwa {euro(cost)}"
        if cost
        else "Ersatzvornahme mit voraussichtlichen Kosten angedroht",
        "Androhung",
        _url("threat_create", item, "?means=substitute"),
        "Androhung festhalten",
    )


def _force_threatened(item):
    return Precondition(
        "threatened",
        item.force_threatened,
        "Unmittelbarer Zwang angedroht",
        "Androhung",
        _url("threat_create", item, "?means=force"),
        "Androhung festhalten",
    )


def _after_penalty(item, draft):
    tried = item.steps.filter(kind=StepKind.PENALTY, state=EnforcementStep.State.DONE).exists()
    reason = draft.no_penalty_because if draft is not None else ""
    return Precondition(
        "milder",
        tried or bool(reason),
        "Zwangsgeld blieb ohne Erfolg oder verspricht keinen Erfolg",
        "Milderes Mittel",
        _url("step_update", draft) if draft is not None and not draft._state.adding else "",
        "Begründen",
    )


def _obstacles(item, on):
    """What is only worth a line when it stands in the way."""
    if item.is_suspended and item.suspended_on <= on:
        yield Precondition(
            "suspended",
            False,
            f"Punkt {item.number} ist seit {words(item.suspended_on)} ausgesetzt "
            f"({item.suspended_by}, {item.suspension_reference})",
            "Vollziehung ausgesetzt:",
            _url("item_lift", item),
            "Ende der Aussetzung vermerken",
        )
    if not item.order.immediately_enforceable:
        for row in pending_lawsuits(item.order).filter(item=item, lawsuit__filed_on__lte=on):
            yield Precondition(
                "lawsuit",
                False,
                f"{row.lawsuit} vom {words(row.lawsuit.filed_on)} hat aufschiebende Wirkung (§ 80 Abs. 1 VwGO)",
                "Klage anhängig:",
                _url("lawsuit_end", row.lawsuit),
                "Ausgang vermerken",
            )
    if item.state != OrderItem.State.OPEN:
        yield Precondition(
            "open", False, f"Punkt {item.number} ist {item.get_state_display()}", "Nichts mehr zu erzwingen:"
        )
