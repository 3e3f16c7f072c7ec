"""The enforcement ladder as the page draws it: what is done, where the gate stands, what comes later."""

from dataclasses import dataclass, field

from django.utils import timezone

from soe.web.text import day, euro

from .gate import Precondition, preconditions
from .models import EnforcementStep, OrderItem, Proceeding, StepKind

DONE, LOCKED, READY, LATER = "is-done", "is-locked", "is-ready", "is-later"


@dataclass
class Rung:
    """One rung. `state`: is-done, is-ready (may be taken now), is-locked (gate shut), is-later."""

    kind: str
    title: str
    state: str
    note: str = ""
    draft: EnforcementStep | None = None
    cost_step: EnforcementStep | None = None  # a substitute whose bill is still missing
    conditions: list[Precondition] = field(default_factory=list)

    @property
    def missing(self):
        return [entry for entry in self.conditions if not entry.met]


def ladder(proceeding: Proceeding, item: OrderItem | None = None, today=None) -> list[Rung]:
    """The rungs for one item of a proceeding (None: there is no order yet)."""
    today = today or timezone.localdate()
    rungs = [_hearing(proceeding), _order(proceeding, item)]
    if item is None:
        later = "nach der Ordnungsverfügung"
        return [*rungs, Rung(StepKind.PENALTY, "Zwangsgeld festsetzen", LATER, later), _later_substitute()]
    rungs.extend(_item_rungs(item, today))
    return rungs


def _hearing(proceeding):
    steps = [row for row in proceeding.steps.all() if row.kind == StepKind.HEARING and row.is_done]
    if steps:
        step = steps[-1]
        note = f"am {day(step.done_on)}"
        if step.answer_until:
            answer = f"eingegangen am {day(step.answered_on)}" if step.answered_on else "keine eingegangen"
            note += f", Stellungnahme bis {day(step.answer_until)}: {answer}"
        return Rung(StepKind.HEARING, "Anhörung", DONE, note)
    waived = next((row.no_hearing_because for row in proceeding.orders.all() if row.no_hearing_because), "")
    if waived:
        return Rung(StepKind.HEARING, "Anhörung", DONE, f"entbehrlich: {waived}")
    return Rung(StepKind.HEARING, "Anhörung", READY, "vor einer Ordnungsverfügung, § 28 VwVfG NRW")


def _order(proceeding, item):
    orders = list(proceeding.orders.all())
    if not orders:
        heard = any(row.kind == StepKind.HEARING and row.is_done for row in proceeding.steps.all())
        return Rung(
            StepKind.ORDER, "Ordnungsverfügung", READY if heard else LATER, "mit Frist und Androhung je Punkt"
        )
    order = item.order if item is not None else orders[-1]
    items = list(order.items.all())
    with_threat = any(row.threatened_amount or row.substitute_cost for row in items)
    title = "Ordnungsverfügung mit Androhung" if with_threat else "Ordnungsverfügung"
    parts = [
        f"zugestellt {day(order.served_on)}"
        if order.served_on
        else f"erlassen {day(order.issued_on)}, nicht zugestellt"
    ]
    parts.append(f"{len(items)} Punkt{'e' if len(items) != 1 else ''}")
    if item is not None and item.due_on:
        parts.append(f"Frist {day(item.due_on)}")
    note = ", ".join(parts)
    if item is not None and item.threatened_amount:
        note += f" · Zwangsgeld {euro(item.threatened_amount)} angedroht"
    return Rung(StepKind.ORDER, title, DONE, note)


def _item_rungs(item, today):
    steps = list(item.steps.all())
    threats = [row for row in steps if row.kind == StepKind.THREAT]
    for row in threats:
        if row.is_done:
            what = euro(row.amount) if row.amount else row.get_means_display()
            yield Rung(
                StepKind.THREAT,
                "Androhung",
                DONE,
                f"am {day(row.done_on)}: {row.get_means_display()}, {what}",
            )
        else:
            yield _gate(item, StepKind.THREAT, "Androhung", row, today)
    penalties = [row for row in steps if row.kind == StepKind.PENALTY]
    for row in penalties:
        if row.is_done:
            note = f"{euro(row.amount)}, Bescheid vom {day(row.done_on)}, zahlbar bis {day(row.payment_due)}"
            yield Rung(StepKind.PENALTY, "Zwangsgeld festgesetzt", DONE, note)
    settled = item.state != OrderItem.State.OPEN
    stronger = [row for row in steps if row.kind in (StepKind.SUBSTITUTE, StepKind.FORCE)]
    draft = next((row for row in penalties if not row.is_done), None)
    # After a penalty a new threat opens the next one (§ 63 VwVG NRW).
    again = item.threatened_amount and item.threat_used_on is None
    if not settled and (draft is not None or not penalties or again):
        yield _gate(item, StepKind.PENALTY, "Zwangsgeld festsetzen", draft, today)
    for row in stronger:
        if row.is_done:
            missing_bill = row if row.kind == StepKind.SUBSTITUTE and row.actual_cost is None else None
            yield Rung(row.kind, row.get_kind_display(), DONE, _costs(row), cost_step=missing_bill)
        elif not settled:
            yield _gate(item, StepKind(row.kind), row.get_kind_display(), row, today)
    if settled:
        yield Rung(
            "end", f"Punkt {item.number} {item.get_state_display()}", DONE, f"am {day(item.settled_on)}"
        )
    elif not stronger:
        yield _later_substitute()


def _costs(row):
    note = f"am {day(row.done_on)}"
    if row.kind != StepKind.SUBSTITUTE:
        return note
    threatened = row.item.substitute_cost
    if threatened:
        note += f", angedroht etwa {euro(threatened)}"
    if row.actual_cost is not None:
        note += f", tatsächlich {euro(row.actual_cost)}"
        if row.overrun:
            note += f": {euro(row.overrun)} mehr als angedroht"
    return note


def _gate(item, kind, title, draft, today):
    conditions = preconditions(item, draft or kind, on=today)
    state = READY if all(entry.met for entry in conditions) else LOCKED
    return Rung(kind, title, state, draft=draft, conditions=conditions)


def _later_substitute():
    return Rung(
        StepKind.SUBSTITUTE,
        "Ersatzvornahme oder unmittelbarer Zwang",
        LATER,
        "nach erfolglosem Zwangsgeld oder wenn es keinen Erfolg verspricht",
    )


def item_in_focus(items, wanted=""):
    """The item the ladder shows: the one asked for, else the open one due first, else the first."""
    items = list(items)
    for item in items:
        if str(item.pk) == wanted:
            return item
    running = [row for row in items if row.state == OrderItem.State.OPEN and not row.is_suspended]
    running.sort(key=lambda row: (row.due_on is None, row.due_on, row.number))
    return running[0] if running else (items[0] if items else None)
