"""Lawsuits, services, penalties, payments, recurring measures and a declaration of unfitness for the demo city."""

from datetime import timedelta
from random import Random

from objects.proceedings.models import Claim, Lawsuit, Measure, OrderService, Proceeding, Rehousing, StepKind
from objects.proceedings.models.enforcement import StepRefused
from objects.proceedings.services import (
    add_measure,
    issue_order,
    link_measure,
    open_proceeding,
    record_hearing,
    take_step,
)


def serve(city, order, by, days):
    """By deed, on the owner."""
    OrderService(
        order=order, role="owner", party=order.addressee, recipient="" if order.addressee else "Eigentümer", kind="deed",
        sent_on=order.issued_on, received_on=city.ago(days),
    ).record(by=by)  # fmt: skip


def owner_of(house):
    row = house.ownerships.filter(role="owner", until=None).first()
    return row.party if row else None


def court_and_money(city, order, by, issued):
    """What may follow an order that was issued `issued` days ago."""
    # A chance of its own: what else the demo city draws stays as it was.
    rng, items = Random(order.proceeding.file_number), list(order.items.all())  # noqa: S311
    _fee(city, order, by, rng)
    if order.served_on is None:
        return
    if issued > 20 and rng.random() < 0.18:
        _lawsuit(city, order, items, by, rng)
    until = order.lawsuit_until
    if not order.lawsuits.exists() and until < city.today:
        order.become_final(by=by, on=until + timedelta(days=1))
    for item in items:
        item.refresh_from_db()
        if item.state == item.State.OPEN and not item.is_suspended and rng.random() < 0.7:
            _penalty(city, item, by, rng)


def _fee(city, order, by, rng):
    due = order.issued_on + timedelta(days=30)
    claim = Claim(
        proceeding=order.proceeding, party=order.addressee, kind=Claim.Kind.FEE, amount=rng.choice([95, 150, 240]),
        claimed_on=order.issued_on, due_on=due, reference=f"VW-{order.issued_on.year}-{str(order.pk)[-5:]}",
    ).raise_(by=by)  # fmt: skip
    if due < city.today and rng.random() < 0.8:
        claim.pay(by=by, amount=claim.amount, on=due - timedelta(days=rng.randint(0, 12)))


def _lawsuit(city, order, items, by, rng):
    year = order.issued_on.year
    filed = min(order.served_on + timedelta(days=rng.randint(8, 28)), city.today)
    sued = items if rng.random() < 0.6 else items[:1]
    suit = Lawsuit(
        order=order, plaintiff=order.addressee, file_number=f"{rng.randint(3, 9)} K {rng.randint(100, 4900)}/{year % 100}",
        filed_on=filed,
    )  # fmt: skip
    if order.immediately_enforceable:
        suit.urgent_filed_on, suit.urgent_file_number = filed, suit.file_number.replace("K", "L")
    suit.file(by=by, items=sued)
    decided = filed + timedelta(days=25)
    if suit.urgent_filed_on and decided <= city.today:
        suspended = sued[: rng.randint(0, len(sued))]
        outcome = "refused" if not suspended else "granted" if len(suspended) == len(sued) else "partly"
        suit.decide_urgent(by=by, on=decided, outcome=outcome, items=suspended)
    ended = filed + timedelta(days=210)
    if ended <= city.today:
        suit.end(by=by, on=ended, outcome=rng.choice(["dismissed", "withdrawn", "settled"]))


def _penalty(city, item, by, rng):
    """Only where the gate is open: the demo city keeps the law, too."""
    check = item.checks.filter(fulfilled=False, checked_on__gt=item.due_on).order_by("-checked_on").first()
    if check is None:
        return
    on = min(check.checked_on + timedelta(days=rng.randint(2, 9)), city.today)
    try:
        step = take_step(
            item,
            StepKind.PENALTY,
            by=by,
            on=on,
            amount=item.threatened_amount,
            payment_due=on + timedelta(days=28),
        )
    except StepRefused:
        return
    claim, paid = step.claim, on + timedelta(days=rng.randint(10, 40))
    if paid <= city.today and rng.random() < 0.5:
        claim.pay(by=by, amount=claim.amount / rng.choice([1, 2, 5]), on=paid, note="Überweisung")
    if claim.is_open and rng.random() < 0.3:
        claim.defer(by=by, until=claim.pay_by + timedelta(days=60), reason="Ratenzahlung vereinbart")


def recurring(city):
    """Some measures come again; one waits for its turn."""
    rng = Random("recurring")  # noqa: S311
    for house in city.properties[:12]:
        if house.is_retired:
            continue
        by = city.clerk(house.lead_department)
        begun = rng.randint(20, 90)
        row = add_measure(
            house, by=by, department=house.lead_department, kind=Measure.Kind.WASTE, what="Hof und Tonnenplatz ansehen",
            due_on=city.ago(begun - 10), on=city.ago(begun), responsible=by,
            repeat={
                "every": 4, "unit": "weeks", "until": city.today + timedelta(days=300),
                "created": rng.choice(["completion", "timetable"]),
            },
        )  # fmt: skip
        row.complete(by=by, on=city.ago(begun - 12), effect=Measure.Effect.BETTER)


def dissent(city):
    for proceeding in Proceeding.objects.open().filter(orders__items__state="open").distinct()[:6]:
        row = Measure.objects.filter(
            property=proceeding.property_id, state=Measure.State.DONE, department=proceeding.department_id
        ).first()
        item = proceeding.orders.first().items.filter(state="open").first()
        if row and item:
            link_measure(row, by=city.clerk(proceeding.department), items=[item], among_items=[item])


def unfit(city):
    """One declaration of unfitness, served on owner and residents, with replacement housing for both households."""
    house = next(
        (
            row
            for row in city.properties
            if not row.is_retired and row.lead_department.code == "wohnungsaufsicht"
        ),
        None,
    )
    if house is None:
        return
    department = house.lead_department
    by = city.clerk(department)
    row = open_proceeding(
        house, by=by, department=department, subject="Unbewohnbarkeit der Wohnungen im 3. OG", kind=Proceeding.Kind.UNFIT,
        legal_basis=city.legal.get(("WohnStG NRW", "§ 9")), file_number=f"WOH-{city.today.year}-U1", on=city.ago(70),
    )  # fmt: skip
    record_hearing(row, by=by, on=city.ago(66), answer_until=city.ago(52), answered_on=city.ago(53))
    for place, persons in (("3. OG links", 4), ("3. OG rechts", 2)):
        Rehousing(
            proceeding=row, place=place, persons=persons, offered_on=city.ago(50), offer="Wohnung der Wohnungsgesellschaft",
        ).record(by=by)  # fmt: skip
    order = issue_order(
        row, by=by, issued_on=city.ago(45), addressee=owner_of(house), title="Erklärung zur Unbewohnbarkeit", immediately_enforceable=True,
        items=[{"text": "Die Wohnungen im 3. OG sind bis zur Frist zu räumen.", "deadline": city.today + timedelta(days=14)}],
    )  # fmt: skip
    serve(city, order, by, 42)
    OrderService(
        order=order, role="resident", recipient="Bewohner, 3. OG", kind="handed", received_on=city.ago(43)
    ).record(by=by)
