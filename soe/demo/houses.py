"""Properties with owners, problem areas, goals and departments; complaints; proceedings and measures."""

from datetime import timedelta

from django.core.exceptions import ValidationError

from objects.complaints.models import Complaint
from objects.complaints.services import record_complaint
from objects.proceedings.models import Measure, Proceeding
from objects.proceedings.services import (
    add_measure,
    issue_order,
    open_proceeding,
    record_check,
    record_hearing,
)
from objects.register.merging import merge_property
from objects.register.models import (
    Building,
    Dwelling,
    Monument,
    Ownership,
    Parcel,
    Participation,
    Party,
    ProblemArea,
    Property,
)
from objects.register.services import add_note, add_owner, assess, open_property, participate, set_goal
from soe.audit.context import acting_as

from . import enforcement

KIND = ProblemArea.Kind
LEADS = ["wohnungsaufsicht"] * 5 + ["bauordnung"] * 3 + ["ordnung"] * 2 + ["umwelt", "quartiere"]
JOINING = [
    "bauordnung",
    "wohnungsaufsicht",
    "ordnung",
    "umwelt",
    "feuerwehr",
    "jugend",
    "schule",
    "soziales",
    "gesundheit",
]
AIMS = [
    "Mindeststandard in allen Wohnungen herstellen",
    "Mindeststandard herstellen oder Verkauf an Wohnungsgesellschaft",
    "Zweiten Rettungsweg herstellen und Belegung verringern",
    "Ankauf prüfen und Haus neu nutzen",
    "Müll dauerhaft beseitigen, Hausverwaltung in die Pflicht nehmen",
    "Eigentümer zur Sanierung bewegen, Fördermittel anbieten",
]
LEVERS = [
    "Zwangsgeld",
    "Fördermittel",
    "Vorkaufsrecht",
    "Nutzungsuntersagung",
    "Gespräch mit der Bank",
    "Verwalterwechsel",
]
PRESSURE = ["viele Beschwerden in einem Jahr", "Mängel in mehreren Wohnungen", "einzelne Mängel, Lage stabil"]
ROOM = ["Eigentümer arbeitet mit", "Eigentümer antwortet zögernd", "Eigentümer nicht erreichbar"]
TEXTS = {
    "muell": ["Müllsäcke stehen seit Tagen neben den Tonnen, Sperrmüll im Hof.", "Wilder Müll im Vorgarten, Tonnen überfüllt."],
    "schaedlinge": ["Ratten im Hof gesehen, auch am Tag.", "Kakerlaken im Treppenhaus."],
    "maengel": ["Schimmel im Schlafzimmer, Fenster schließen nicht.", "Feuchte Wände, der Vermieter reagiert nicht."],
    "brandschutz": ["Haustür schließt nicht, Treppenhaus zugestellt.", "Stufen gebrochen, kein Licht im Flur."],
    "ueberbelegung": ["Sehr viele Menschen in einer kleinen Wohnung, Matratzen im Flur.", "In der Dachwohnung wohnen ständig wechselnde Menschen."],
    "laerm": ["Nachts laut im Hof, mehrmals in der Woche.", "Streit im Treppenhaus, Kinder können nicht schlafen."],
    "versorgung": ["Seit einer Woche kein warmes Wasser.", "Heizung ausgefallen, Strom im Flur abgestellt."],
    "anderes": ["Briefkästen aufgebrochen, keine Namen an den Klingeln.", "Autowracks auf dem Hof."],
}  # fmt: skip
SUBJECTS = {
    "wohnungsaufsicht": [("Instandsetzung", ("WohnStG NRW", "§ 6")), ("Mindeststandard", ("WohnStG NRW", "§ 5")), ("Überbelegung", ("WohnStG NRW", "§ 10"))],
    "bauordnung": [("Nutzungsuntersagung Dachgeschoss", ("BauO NRW", "§ 82")), ("Zweiter Rettungsweg", ("BauO NRW", "§ 82")), ("Baueinstellung", ("BauO NRW", "§ 81"))],
    "umwelt": [("Abfallbeseitigung", None), ("Schädlingsbekämpfung", None)],
    "ordnung": [("Gefahrenabwehr Haustür", None), ("Stillgelegte Fahrzeuge", None)],
    "feuerwehr": [("Brandverhütungsschau", None)],
    "jugend": [("Familie im Blick", None), ("Hilfeplan", None)],
    "schule": [("Schulpflicht", None)],
    "soziales": [("Leistungsprüfung", None)],
    "gesundheit": [("Hygienische Verhältnisse", None)],
    "quartiere": [("Ankaufsprüfung", None)],
}  # fmt: skip
ITEMS = [
    "Fenster im 1. OG instand setzen",
    "Heizung wieder in Betrieb nehmen",
    "Treppenstufen erneuern",
    "Rauchwarnmelder anbringen",
    "Haustür gangbar machen",
    "Feuchte Wand trocknen",
]
WHAT = {
    Measure.Kind.TALK: "Gespräch mit dem Eigentümer über die nächsten Schritte",
    Measure.Kind.WASTE: "Sperrmüll abfahren, zusätzliche Tonne stellen",
    Measure.Kind.REPAIR: "Treppenlicht und Haustür prüfen lassen",
    Measure.Kind.ADVICE: "Bewohner über Mülltrennung informieren",
    Measure.Kind.CHECK: "Belegung prüfen, Melderegister abgleichen",
    Measure.Kind.PURCHASE: "Ankauf mit der Wohnungsgesellschaft klären",
}  # fmt: skip


def build(city):
    owners = _owners(city)
    _properties(city, owners)
    _duplicate(city)
    city.say(f"{len(city.properties)} Objekte")
    _complaints(city)
    _proceedings(city)
    _measures(city)


def _owners(city):
    firm = Party(
        kind=Party.Kind.COMPANY, name="Hallenbach Grundbesitz GmbH", register_number="HRB 90112",
        street="Musterkontor 3", postcode="45127", city="Essen",
    )  # fmt: skip
    sister = Party(
        kind=Party.Kind.COMPANY, name="Seilring Wohnen UG (haftungsbeschränkt)", street="Musterkontor 3",
        postcode="45127", city="Essen",
    )  # fmt: skip
    manager = Party(
        kind=Party.Kind.COMPANY, name="Hausverwaltung Querschlag", city="Bochum", phone="0234 555 0100"
    )
    others = [
        Party(kind=Party.Kind.HEIRS, name="Erbengemeinschaft Trutwin"),
        Party(kind=Party.Kind.PERSON, name="Wilfried Nottebohm", city="Herne"),
        Party(kind=Party.Kind.PERSON, name="Gesine Marfeld", city="Dorsten"),
        Party(kind=Party.Kind.COMPANY, name="Ruhrzeche Immobilien AG", register_number="HRB 77310"),
        Party(kind=Party.Kind.CONDOMINIUM, name="WEG Kohlenwäschestraße 40"),
        Party(kind=Party.Kind.COMPANY, name="Nordlicht Wohnungsbau eG"),
        Party(kind=Party.Kind.PERSON, name="Hartmut Uellenberg", city="Herne"),
    ]
    others += [
        Party(kind=Party.Kind.PERSON, name=f"{first} {last}", city="Herne")
        for first in ("Anneliese", "Bernd", "Cemile", "Dietmar", "Edith")
        for last in ("Kranefeld", "Öhlschläger", "Pawelzik")
    ]
    for party in (firm, sister, manager, *others):
        party.save(reason="Demostadt")
    return {"firm": firm, "sister": sister, "manager": manager, "others": others}


def _free_addresses(city, number):
    """Main addresses for the properties: spread over the streets, never two next doors at random."""
    taken, chosen = set(), []
    fixed = [("Lampenstubenweg", 14), ("Lampenstubenweg", 16), ("Seilscheibenring", 21), ("Haspelknechtweg", 9),
             ("Kohlenwäschestraße", 40), ("Grubenpferdgasse", 11), ("Waschkauenallee", 2), ("Hängebankstraße", 30),
             ("Lorenkippe", 7), ("Seilscheibenring", 3), ("Waschkauenallee", 19)]  # fmt: skip
    for street, house in fixed:
        chosen.append(city.house_at(street, house))
        taken.add((street, house))
    pool = [a for a in city.addresses if not a.suffix and (a.street.name, a.number) not in taken]
    city.rng.shuffle(pool)
    return (chosen + pool)[:number]


def _properties(city, owners):
    rng = city.rng
    total = city.count(70)
    for index, address in enumerate(_free_addresses(city, total)):
        lead = city.departments[LEADS[index % len(LEADS)] if index > 3 else "wohnungsaufsicht"]
        by = city.clerk(lead)
        on = city.ago(rng.randint(60, 880) if index else 628)
        kinds = rng.sample(
            [KIND.HOUSING, KIND.BUILDING, KIND.SOCIAL, KIND.ENVIRONMENT], rng.choice([1, 2, 2, 3])
        )
        if index % 9 == 8:
            kinds = [KIND.DECLINE]
        house = open_property(
            address, by=by, lead_department=lead, on=on,
            problem_areas=[{"kind": kind, "severity": rng.choice([1, 2, 2, 3])} for kind in kinds],
            building_type=rng.choice([Property.BuildingType.APARTMENTS] * 4 + [Property.BuildingType.MIXED]),
            occupancy_state=rng.choice(["used", "used", "partly", "vacant"]),
            dwellings_count=rng.randint(4, 16),
            reason="Demostadt",
        )  # fmt: skip
        city.properties.append(house)
        _dwellings(city, house, by)
        _parts(house, by, index)
        for code in rng.sample([c for c in JOINING if c != lead.code], rng.choice([1, 2, 3, 4])):
            department = city.departments[code]
            offered = min(on + timedelta(days=rng.randint(0, 40)), city.today)
            row = participate(
                house, department, by=by, on=offered, question="Bitte prüfen Sie, ob Sie mitwirken."
            )
            draw = rng.random()
            answered = min(offered + timedelta(days=rng.randint(1, 12)), city.today)
            if draw < 0.75:
                row.accept(by=city.clerk(department), on=answered)
            elif draw < 0.85:
                row.decline(by=city.clerk(department), reason="Kein Anlass in unserem Bereich.", on=answered)
        for area in house.problem_areas.all():
            if rng.random() < 0.6:
                area.confirm(
                    by=by,
                    department=lead,
                    reason="Ortstermin",
                    on=min(on + timedelta(days=rng.randint(5, 60)), city.today),
                )
        pressure, room = rng.choice([1, 2, 2, 3, 3]), rng.choice([1, 2, 2, 3])
        assess(
            house, by=city.users["koordination"], department=city.departments["koordination"],
            pressure=pressure, pressure_reason=PRESSURE[3 - pressure], room=room, room_reason=ROOM[3 - room],
            on=min(on + timedelta(days=20), city.today),
        )  # fmt: skip
        if index % 7 != 6:  # some stand without a next step: they surface first
            set_goal(
                house, by=by, department=lead, aim=rng.choice(AIMS), stage=rng.choice([1, 2, 3, 3, 4, 4, 5, 6]),
                lever=rng.choice(LEVERS), on=min(on + timedelta(days=30), city.ago(1)),
                next_review=city.today + timedelta(days=rng.randint(-20, 120)) if on < city.ago(60) else city.today + timedelta(days=40),
            )  # fmt: skip
        since = on - timedelta(days=rng.randint(300, 3000))
        if index in (0, 3, 6, 9, 12, 15):
            party = owners["firm"]
        elif index == 2:
            party = owners["sister"]
        else:
            party = owners["others"][index % len(owners["others"])]
        add_owner(house, party, by=by, since=since, source="Grundbuch")
        if index in (0, 2, 5, 9):
            add_owner(
                house, owners["manager"], by=by, role=Ownership.Role.MANAGER, since=since, source="Auskunft"
            )
        if index % 8 == 7 and index > 10 and on < city.ago(150):
            for area in house.problem_areas.exclude(state="resolved"):
                area.resolve(
                    by=by,
                    outcome=ProblemArea.Outcome.FIXED,
                    reason="Nachkontrolle ohne Mängel",
                    on=city.ago(20),
                )
            house.retire(
                by=by, outcome=rng.choice([Property.RetiredReason.SOLVED, Property.RetiredReason.REUSED]),
                reason="Ziel erreicht", on=city.ago(rng.randint(1, 18)),
            )  # fmt: skip


def _parts(house, by, index):
    """Buildings and parcels; of the index alone, so that the rest of the city stays as it was."""
    place = ("Wanne", "Eickel", "Herne-Mitte", "Sodingen").index(house.district) + 1
    with acting_as(by):
        house.ownership_form = ["sole", "company", "heirs", "condominium", "public"][index % 5]
        house.save(reason="Demostadt")
        # Two neighbours in one parcel: „Doppel prüfen“ has something to ask.
        number = 300 if index < 2 else 300 + index
        if index % 3 != 2:
            Parcel(
                property=house,
                key=f"05990{place}{index % 9 + 1 if index > 1 else 1:03}{number:05}______",
                place_name=f"{house.district} (Demo)",
                area=420 + 35 * (index % 11),
            ).save(reason="Demostadt")
        if index % 4 == 3:
            return
        protected = index % 7 == 0
        Building(
            property=house,
            name="Vorderhaus",
            building_type=house.building_type,
            year_built=1898 + index % 70,
            storeys=3 + index % 3,
            monument=Monument.LISTED if protected else Monument.NONE,
            monument_number=f"A {100 + index}" if protected else "",
            occupancy_state=house.occupancy_state,
        ).save(reason="Demostadt")
        if index % 4 == 0:
            Building(
                property=house,
                name="Hinterhaus",
                building_type=Property.BuildingType.INDUSTRIAL,
                former_use="Schlosserei",
                year_built=1911,
                storeys=2,
                occupancy_state=Property.Occupancy.VACANT,
            ).save(reason="Demostadt")


def _duplicate(city):
    """One house stood twice in the old lists and was merged."""
    house, by = city.properties[0], city.clerk("wohnungsaufsicht")
    double = open_property(
        None,
        by=by,
        lead_department=city.departments["wohnungsaufsicht"],
        text="Garagenhof hinter Nr. 14",
        district=house.district,
        on=city.ago(200),
        reason="Übernahme der alten Liste",
    )
    add_note(
        double,
        by=by,
        department=city.departments["wohnungsaufsicht"],
        subject="Garagenhof besichtigt",
        text="Steht im selben Grundbuchblatt wie das Vorderhaus.",
        visibility="open",
        at=city.moment(city.ago(190)),
    )
    merge_property(double, house, by=city.users["koordination"], reason="Haus und Garagenhof sind ein Objekt")


def _dwellings(city, house, by):
    floors = ["EG", "1. OG", "2. OG", "DG"]
    rows = [f"{floor} {side}" for floor in floors for side in ("links", "rechts")]
    with acting_as(by):
        for location in rows[: city.rng.choice([4, 6, 8])]:
            Dwelling(
                property=house,
                location=location,
                area=city.rng.randint(38, 92),
                rooms=city.rng.choice([2, 2, 3, 4]),
            ).save()


def _complaints(city):
    rng = city.rng
    offices = ["ordnung", "ordnung", "umwelt", "wohnungsaufsicht", "koordination"]
    standing = [house for house in city.properties if not house.is_retired]
    made = []
    for index in range(city.count(300)):
        days = rng.randint(1, 720) if index % 5 else rng.randint(1, 30)
        at = city.moment(city.ago(days), rng.randint(8, 15), rng.randint(0, 59))
        if index % 5 < 3:
            house = rng.choice(standing)
            address = house.addresses.current().select_related("address__street").first().address
        else:
            address = rng.choice(city.addresses)
        code = rng.choice(list(TEXTS))
        office = rng.choice(offices)
        named = rng.random() < 0.5
        complaint = record_complaint(
            by=city.clerk(office), recorded_in=city.departments[office], address=address, text=rng.choice(TEXTS[code]),
            categories=[city.categories[code]], channel=rng.choice(["phone", "phone", "phone", "email", "in_person", "letter"]),
            received_at=at, anonymous=not named, wants_answer=named and rng.random() < 0.7,
            reporter_name="Frau Pohlschmidt" if named else "", reporter_contact="02323 555 0142" if named else "",
        )  # fmt: skip
        made.append(complaint)
        _asked(city, complaint, at.date(), index)
        if days < 4:
            continue
        by = city.clerk(complaint.department)
        complaint.accept(by=by, on=city.ago(max(days - rng.randint(0, 3), 0)))
        if days > 40 or (days > 12 and rng.random() < 0.6):
            until = city.ago(max(days - rng.randint(4, 40), 0))
            if complaint.wants_answer:
                complaint.record_answer(by=by, text="Wir haben uns darum gekümmert.", on=until)
            complaint.close(by=by, outcome=rng.choice(list(Complaint.Outcome)[:3]), on=until)
    city.say(f"{len(made)} Beschwerden")


def _asked(city, complaint, on, index):
    """Rules that invite ask today; in the demo city they asked on the day of the complaint, and most have answered."""
    if on == city.today:
        return
    houses = complaint.links.values("property")
    rows = Participation.objects.filter(property__in=houses, offered_on=city.today, state="offered")
    for row in rows.select_related("department", "property"):
        by = city.clerk(row.department)
        row.offered_on = max(on, row.property.registered_on)
        row.answer_due = row.offered_on + timedelta(days=14)
        with acting_as(by):
            row.save(reason="Demostadt")
        answered = min(row.offered_on + timedelta(days=index % 9 + 1), city.today)
        if index % 6:
            row.accept(by=by, on=answered)
        elif on < city.ago(30):
            row.decline(by=by, reason="Kein Anlass in unserem Bereich.", on=answered)


def _acting(house):
    """Departments that may act at a property: the lead and accepted participants."""
    rows = house.participations.filter(state=Participation.State.ACCEPTED, closed_on=None).select_related(
        "department"
    )
    return [house.lead_department, *[row.department for row in rows]]


def _proceedings(city):
    rng, made = city.rng, 0
    standing = [house for house in city.properties if not house.is_retired]
    for index in range(city.count(150)):
        house = standing[index % len(standing)]
        able = [d for d in _acting(house) if d.code in SUBJECTS]
        department = able[(index // len(standing)) % len(able)]
        by = city.clerk(department)
        subject, law = rng.choice(SUBJECTS[department.code])
        first = max((city.today - house.registered_on).days - 35, 2)
        days = rng.randint(1, first)
        proceeding = open_proceeding(
            house, by=by, department=department, subject=subject, legal_basis=city.legal.get(law),
            file_number=f"{department.code[:3].upper()}-{city.ago(days).year}-{index + 101}", on=city.ago(days),
            reason="Demostadt",
        )  # fmt: skip
        made += 1
        if department.code in ("wohnungsaufsicht", "bauordnung") and days > 60:
            _order(city, proceeding, by, days)
        elif days > 200 and rng.random() < 0.7:
            closing = rng.choice([Proceeding.Closing.VOLUNTARY, Proceeding.Closing.UNFOUNDED])
            proceeding.close(by=by, closing=closing, on=city.ago(rng.randint(0, days - 100)))
    city.say(f"{made} Verfahren")


def _order(city, proceeding, by, days):
    rng = city.rng
    heard = days - rng.randint(3, 10)
    record_hearing(proceeding, by=by, on=city.ago(heard), answer_until=city.ago(heard - 14))
    issued = heard - 20
    if issued < 2:
        return
    deadline = issued - rng.randint(14, 60)
    order = issue_order(
        proceeding, by=by, issued_on=city.ago(issued), addressee=enforcement.owner_of(proceeding.property),
        immediately_enforceable=rng.random() < 0.5,
        items=[
            {"text": text, "deadline": city.ago(deadline), "threatened_amount": "2500", "legal_basis": proceeding.legal_basis}
            for text in rng.sample(ITEMS, rng.randint(1, 4))
        ],
    )  # fmt: skip
    enforcement.serve(city, order, by, max(issued - 3, 0))
    for item in order.items.all():
        if deadline > 45 or (deadline > 5 and rng.random() < 0.5):
            record_check(
                item,
                by=by,
                on=city.ago(rng.randint(0, deadline - 1)),
                fulfilled=deadline > 45 or rng.random() < 0.6,
                note="Nachkontrolle vor Ort",
            )
    enforcement.court_and_money(city, order, by, issued)
    open_items = order.items.filter(state="open").exists()
    if not open_items and deadline > 30 and rng.random() < 0.8:
        try:
            proceeding.close(by=by, closing=Proceeding.Closing.FULFILLED, on=city.today)
        except ValidationError:  # an item was reopened meanwhile
            return


def _measures(city):
    rng, made = city.rng, 0
    for house in city.properties:
        if house.is_retired:
            continue
        for department in _acting(house)[: rng.choice([1, 2, 3])]:
            by = city.clerk(department)
            begun = rng.randint(1, max((city.today - house.registered_on).days - 30, 2))
            kind, what = rng.choice(list(WHAT.items()))
            due = city.ago(begun) + timedelta(days=rng.randint(14, 90))
            measure = add_measure(
                house, by=by, department=department, kind=kind, what=what, due_on=due, on=city.ago(begun)
            )
            made += 1
            if due < city.ago(45) or (due < city.ago(10) and rng.random() < 0.6):
                done = min(due + timedelta(days=rng.randint(-10, 20)), city.today)
                measure.complete(
                    by=by, on=max(done, city.ago(begun)), effect=rng.choice(list(Measure.Effect))
                )
            elif due < city.today and rng.random() < 0.4:
                measure.postpone(
                    by=by, to=city.today + timedelta(days=21), reason="Handwerker erst dann frei"
                )
    enforcement.recurring(city)
    enforcement.dissent(city)
    enforcement.unfit(city)
    city.say(f"{made} Maßnahmen")
