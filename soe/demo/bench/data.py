"""The large data set. Rows come through the audited bulk service where it is measured, else by plain bulk inserts."""

import random
from datetime import date, timedelta
from itertools import islice

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from cases.casework.models import Case, CaseEpisode
from cases.offers.models import Offer
from cases.people.models import Person
from objects.addresses.models import Address
from objects.complaints.models import Complaint, ComplaintLink
from objects.proceedings.due import rebuild
from objects.proceedings.models import Measure, Proceeding
from objects.register.models import Ownership, Party, Property, PropertyAddress, PropertySummary
from objects.register.models.properties import LeadPeriod, RegisterPeriod
from soe.audit import bulk
from soe.departments.models import Department
from soe.web.folding import norm

BATCH = 2000
PER_STREET = 40


def write_address_file(path, rows):
    """A list in the layout of gebref.txt with `rows` addresses of one municipality."""
    rng = random.Random(1)  # noqa: S311
    with path.open("w", encoding="utf-8-sig") as out:
        for index in range(rows):
            street, number = divmod(index, PER_STREET)
            east, north = 370_000 + rng.random() * 10_000, 5_708_000 + rng.random() * 8_000
            out.write(
                f"N;DENW36AL{index:08d};A;05;Nordrhein-Westfalen;9;Arnsberg;16;Herne;000;Herne;0000;;{street:05d};"
                f"Probeweg {_letters(street)};{number + 1};;32;{east:.3f};{north:.3f};2026-07-01\n"
            )


def _letters(number):
    """0, 1, 2 … as words of letters: street names without digits."""
    word = ""
    while True:
        number, rest = divmod(number, 20)
        word += "bcdfghklmnprstvwxzjq"[rest] + "aeiou"[rest % 5]
        if not number:
            return word.capitalize()


def _batches(rows, size=BATCH):
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def _insert(model, rows, say):
    count = 0
    for batch in _batches(rows):
        QuerySet(model).bulk_create(batch)
        count += len(batch)
    say(f"{count:>10} {model._meta.verbose_name_plural}")
    return count


def build(scale, say):
    """Everything but the addresses; returns the counts by name."""
    rng = random.Random(2)  # noqa: S311
    departments = {d.code: d for d in Department.objects.all()}
    leads = [departments[code] for code in ("wohnungsaufsicht", "bauordnung", "ordnung", "umwelt")]
    today = timezone.localdate()
    houses = _properties(max(50, round(40_000 * scale)), leads, rng, today, say)
    _owners(houses, say)
    _complaints(max(100, round(60_000 * scale)), houses, leads, rng, today, say)
    _proceedings(max(50, round(30_000 * scale)), houses, leads, rng, today, say)
    _measures(max(200, round(400_000 * scale)), houses, leads, rng, today, say)
    _cases(max(100, round(200_000 * scale)), departments, rng, today, say)
    return _history(round(5_000_000 * scale), say)


def _properties(number, leads, rng, today, say):
    addresses = list(Address.objects.select_related("street").order_by("id")[: number * 3 : 3])[:number]
    houses = []
    for serial, address in enumerate(addresses, 1):
        on = today - timedelta(days=rng.randint(1, 1500))
        houses.append(
            Property(
                serial=serial, number=f"HER-{serial:04d}", title=address.line, lead_department=rng.choice(leads),
                search=f"|{norm(address.line)}|", district=rng.choice(["Wanne", "Eickel", "Herne-Mitte", "Sodingen"]),
                registered_on=on, easting=address.easting, northing=address.northing, longitude=address.longitude,
                latitude=address.latitude,
            )
        )  # fmt: skip
    for batch in _batches(houses):
        bulk.create(batch, reason="Messung")
    say(f"{len(houses):>10} Objekte")
    pairs = list(zip(houses, addresses, strict=True))
    _insert(PropertyAddress, (PropertyAddress(property=h, address=a, primary=True) for h, a in pairs), say)
    _insert(RegisterPeriod, (RegisterPeriod(property=h, entered_on=h.registered_on) for h in houses), say)
    _insert(
        LeadPeriod,
        (LeadPeriod(property=h, department_id=h.lead_department_id, since=h.registered_on) for h in houses),
        say,
    )
    _insert(
        PropertySummary,
        (
            PropertySummary(
                property=h, title=h.title, pressure=1 + h.serial % 3, room=1 + h.serial % 3, light=h.serial % 9, stage=1 + h.serial % 6,
                aim="Mindeststandard", next_title="Nachkontrolle", next_on=today + timedelta(days=h.serial % 90),
                next_sort=today + timedelta(days=h.serial % 90), next_department_id=h.lead_department_id,
            )
            for h in houses
        ),
        say,
    )  # fmt: skip
    return houses


def _owners(houses, say):
    """The first of them owns every tenth house: the portfolio of a large owner."""
    parties = [
        Party(kind="company", name=f"{'A' if index == 0 else 'Wohnen'} {_letters(index)} GmbH").fold()
        for index in range(max(20, len(houses) // 8))
    ]
    _insert(Party, parties, say)
    _insert(
        Ownership,
        (
            Ownership(property=house, party=parties[0 if place % 10 == 0 else 1 + place % (len(parties) - 1)])
            for place, house in enumerate(houses)
        ),
        say,
    )


def _complaints(number, houses, leads, rng, today, say):
    addresses = list(PropertyAddress.objects.order_by("property__serial").values_list("address", flat=True))
    now = timezone.now()

    def rows():
        for index in range(number):
            closed = index % 3 > 0
            at = now - timedelta(days=rng.randint(0, 700))
            yield Complaint(
                number=f"B-{index:07d}", received_at=at, address_id=addresses[index % len(addresses)],
                text="Müllsäcke stehen seit Tagen neben den Tonnen.", department=leads[index % 4],
                recorded_in=leads[index % 4], wants_answer=index % 2 == 0, answer_due=today + timedelta(days=index % 60 - 30),
                state="closed" if closed else "new", closed_on=today if closed else None,
                outcome="remedied" if closed else "", search=f"|b{index:07d}|",
            )  # fmt: skip

    complaints = list(rows())
    _insert(Complaint, complaints, say)
    _insert(
        ComplaintLink,
        (
            ComplaintLink(complaint=c, property=houses[place % len(houses)])
            for place, c in enumerate(complaints)
        ),
        say,
    )


def _proceedings(number, houses, leads, rng, today, say):
    def rows():
        for index in range(number):
            house = houses[index % len(houses)]
            yield Proceeding(
                property=house, department=leads[index % 4], subject="Instandsetzung", file_number=f"WA-{index:07d}",
                visibility="internal" if index % 9 == 0 else "open", opened_on=today - timedelta(days=rng.randint(1, 900)),
                search=f"|wa{index:07d}|",
            )  # fmt: skip

    _insert(Proceeding, rows(), say)


def _measures(number, houses, leads, rng, today, say):
    def rows():
        for index in range(number):
            house = houses[index % len(houses)]
            due = today + timedelta(days=rng.randint(-700, 200))
            done = due < today
            yield Measure(
                property=house, department_id=house.lead_department_id, kind="repair", what=f"Punkt {index} instand setzen",
                visibility="open", begun_on=due - timedelta(days=30), due_on=due, original_due_on=due,
                state="done" if done else "open", done_on=due if done else None, effect="solved" if done else "",
            )  # fmt: skip

    _insert(Measure, rows(), say)
    rebuild()  # bulk inserts tell nobody


def _cases(number, departments, rng, today, say):
    carriers = [departments[code] for code in ("planb", "caritas", "kim")]
    offers = {}
    for carrier in carriers:
        offer = Offer(
            name=f"Angebot {carrier}", prefix=carrier.code[:3].upper(), kind="contact_point", carrier=carrier
        )
        offer.save(reason="Messung")
        offers[carrier.pk] = offer
    from soe.accounts.models import User

    lead = User.objects.people().first()
    people = []
    for index in range(number):
        people.append(
            Person(
                number=f"P-{index:06d}", own_department=carriers[index % 3], given_name=rng.choice(["Ionela", "Georgi", "Ayşe"]),
                family_name=f"Probe {_letters(index)}", birth_year=1950 + index % 60,
            ).fold()
        )  # fmt: skip
    _insert(Person, people, say)

    def rows():
        for index, person in enumerate(people):
            offer = offers[person.own_department_id]
            on = date(2024, 1, 1) + timedelta(days=index % 1000)
            yield Case(
                number=f"{offer.prefix}-{on.year}-{index:06d}",
                person=person,
                offer=offer,
                lead=lead,
                opened_on=min(on, today),
            )

    cases = list(rows())
    _insert(Case, cases, say)
    _insert(CaseEpisode, (CaseEpisode(case=c, number=1, opened_on=c.opened_on) for c in cases), say)


def _history(wanted, say):
    """Fill the history of properties and measures up to `wanted` rows; inserting is what an append-only table allows."""
    total = 0
    for model in (Property, Measure):
        history = model.history.model
        table = connection.ops.quote_name(history._meta.db_table)
        if model is Measure:
            for batch in _batches(Measure.objects.order_by("pk")[:20_000].iterator()):
                QuerySet(history).bulk_create(bulk._history(batch, "+", "Messung"))
        columns = ", ".join(
            connection.ops.quote_name(field.column)
            for field in history._meta.concrete_fields
            if not field.primary_key
        )
        have = history.objects.count()
        while have and have < wanted // 2:
            step = min(have, wanted // 2 - have)
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT {int(step)}"
                )
            have += step
        total += have
    say(f"{total:>10} Zeilen Verlauf")
    return total
