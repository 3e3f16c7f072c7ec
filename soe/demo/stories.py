"""Stories that hang together: a house from the first complaint to its after-use, a family from the Anlaufstelle to an
apprenticeship. (The owner with six houses stands in `houses`: Hallenbach Grundbesitz GmbH.)"""

from cases.casework.models import Case
from cases.choices import Domain
from cases.contacts.models import Contact
from cases.offers.models import Topic
from cases.people.models import Household, HouseholdMember, Person
from cases.services import (
    add_goal,
    add_step,
    assess,
    give_consent,
    log_contact,
    open_case,
    record_person,
    refer,
    set_household,
    set_perspective,
    sign_plan,
)
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
from objects.register.models import ProblemArea, Property
from objects.register.services import add_note, participate, set_goal
from objects.register.services import assess as assess_house


def build(city):
    house = _house(city)
    case = _family(city)
    city.say(f"Geschichten: {house.number} und {case.number}")


def _house(city):
    """Wetterschachtgasse 5: rubbish and a broken stair, an order, a sale, flats for families."""
    day = lambda offset: city.ago(720 - offset)  # noqa: E731
    ordnung, aufsicht, bau = (city.users[code] for code in ("ordnung", "wohnungsaufsicht", "bauordnung"))
    units = city.departments
    complaint = record_complaint(
        by=ordnung, recorded_in=units["ordnung"], address=city.house_at("Wetterschachtgasse", 5),
        text="Im Treppenhaus sind drei Stufen gebrochen, im Hof liegt Müll bis unter die Fenster.",
        categories=[city.categories["brandschutz"], city.categories["muell"]], channel=Complaint.Channel.PHONE,
        received_at=city.moment(day(0), 10, 20), reporter_name="Herr Wöstmann", reporter_contact="02325 555 0170",
        wants_answer=True, open_with=[ProblemArea.Kind.HOUSING, ProblemArea.Kind.ENVIRONMENT],
    )  # fmt: skip
    house = complaint.links.get().property
    lead = city.clerk(house.lead_department)
    complaint.accept(by=lead, on=day(1))
    for code in ("bauordnung", "umwelt", "quartiere"):
        if code != house.lead_department.code:
            row = participate(house, units[code], by=lead, on=day(2), question="Bitte mitwirken.")
            if row.state == "offered":
                row.accept(by=city.users[code], on=day(6))
    for area in house.problem_areas.all():
        area.confirm(by=lead, department=house.lead_department, reason="Ortstermin", on=day(9))
    complaint.record_answer(by=lead, text="Wir haben das Haus besichtigt und handeln.", on=day(12))
    complaint.close(by=lead, outcome=Complaint.Outcome.PROCEEDING, on=day(12))
    assess_house(
        house, by=city.users["koordination"], department=units["koordination"], pressure=3, room=1, on=day(20),
        pressure_reason="Gefahr im Treppenhaus", room_reason="Eigentümer nicht erreichbar",
    )  # fmt: skip
    set_goal(
        house, by=lead, department=house.lead_department, aim="Stufen und Hof in Ordnung bringen, dann Verkauf",
        stage=4, lever="Zwangsgeld", on=day(25), next_review=day(200),
    )  # fmt: skip
    proceeding = open_proceeding(
        house, by=bau, department=units["bauordnung"], subject="Verkehrssicherheit des Treppenhauses",
        file_number="BAU-5-1", legal_basis=city.legal.get(("BauO NRW", "§ 82")), on=day(30),
    )  # fmt: skip
    record_hearing(proceeding, by=bau, on=day(35), answer_until=day(50))
    served = {"kind": "deed", "recipient": "Eigentümer", "sent_on": day(60), "received_on": day(64)}
    order = issue_order(
        proceeding, by=bau, issued_on=day(60), service=served, immediately_enforceable=True,
        items=[
            {"text": "Treppenstufen im 1. und 2. OG erneuern", "deadline": day(100), "threatened_amount": "2500"},
            {"text": "Geländer befestigen", "deadline": day(100), "threatened_amount": "1500"},
        ],
    )  # fmt: skip
    for item in order.items.all():
        record_check(item, by=bau, on=day(110), fulfilled=True, note="Treppe erneuert, Geländer fest")
    proceeding.close(by=bau, closing=Proceeding.Closing.FULFILLED, on=day(112))
    waste = add_measure(
        house, by=city.users["umwelt"], department=units["umwelt"], kind=Measure.Kind.WASTE,
        what="Hof räumen, zwei Tonnen mehr", due_on=day(90), on=day(40),
    ) if house.lead_department.code == "umwelt" or house.participations.filter(department=units["umwelt"], state="accepted").exists() else None  # fmt: skip
    if waste:
        waste.complete(by=city.users["umwelt"], on=day(85), effect=Measure.Effect.SOLVED)
    purchase = add_measure(
        house, by=city.users["quartiere"], department=units["quartiere"], kind=Measure.Kind.PURCHASE,
        what="Verkauf an die Wohnungsgesellschaft begleiten", due_on=day(400), on=day(150),
    )  # fmt: skip
    purchase.complete(by=city.users["quartiere"], on=day(390), effect=Measure.Effect.SOLVED)
    set_goal(
        house, by=lead, department=house.lead_department, aim="Acht Wohnungen für Familien", stage=6, lever="Fördermittel",
        on=day(400), next_review=city.ago(30),
    )  # fmt: skip
    add_note(
        house, by=aufsicht, department=units["wohnungsaufsicht"], subject="Erste Familien eingezogen",
        text="Alle Wohnungen erfüllen den Mindeststandard.", at=city.moment(day(660)),
    )  # fmt: skip
    for area in house.problem_areas.exclude(state="resolved"):
        area.resolve(
            by=lead, outcome=ProblemArea.Outcome.FIXED, reason="Nach dem Umbau keine Mängel", on=day(670)
        )
    house.refresh_from_db()
    house.retire(by=lead, outcome=Property.RetiredReason.REUSED, reason="Acht Wohnungen bezogen", on=day(690))
    return house


def _family(city):
    """From an anonymous question at the counter to an apprenticeship contract."""
    day = lambda offset: city.ago(430 - offset)  # noqa: E731
    planb, family = city.users["planb"], city.users["familienbegleitung"]
    offer = city.offers["ANW"]
    topics = {topic.code: topic for topic in Topic.objects.all()}
    log_contact(
        Contact(offer=offer, topic=topics["post"], language="bg", channel="in_person", minutes=10, result="returns"),
        by=planb, at=city.moment(day(0), 9, 40),
    )  # fmt: skip
    mother = Person(
        given_name="Desislava", family_name="Christowa-Lang", own_department=city.departments["planb"],
        birth_year=city.today.year - 38, first_language="bg", german="little",
    )  # fmt: skip
    record_person(mother, by=planb, signed_on=day(6), language="bg")
    son = Person(
        given_name="Kaloyan", family_name="Christow-Lang", own_department=city.departments["planb"],
        birth_year=city.today.year - 19, first_language="bg", german="good",
    )  # fmt: skip
    record_person(son, by=planb, signed_on=day(6), language="bg")
    home = Household(department=city.departments["planb"], adults=2, children=3, school_children=2)
    set_household(mother, home, by=planb, on=day(6))
    set_household(son, home, by=planb, role=HouseholdMember.Role.ADULT, on=day(6))
    case = open_case(by=planb, person=mother, offer=offer, lead=planb, on=day(8))
    needs = dict.fromkeys(Domain, 2) | {Domain.SCHOOL: 1, Domain.FAMILY: 3}
    assess(case, by=planb, scores=needs, on=day(10))
    case.activate(by=planb, on=day(12), reason="Fall statt Verweisberatung")
    set_perspective(case, by=planb, perspective="Die Kinder gehen zur Schule, mein Sohn lernt einen Beruf.")
    school = add_goal(
        case, by=planb, domain=Domain.SCHOOL, title="Beide Kinder gehen regelmäßig zur Schule", due=day(200)
    )
    for offset, title in (
        (30, "Schulplätze beantragen"),
        (60, "Schuleingangsuntersuchung"),
        (120, "Schulweg üben"),
    ):
        add_step(
            school, by=planb, title=title, due=day(offset), who="Familienbegleitung und Mutter"
        ).complete(by=planb, on=day(offset - 3))
    work = add_goal(case, by=planb, domain=Domain.WORK, title="Kaloyan beginnt eine Ausbildung", due=day(420))
    add_step(work, by=planb, title="Hauptschulabschluss nachholen", due=day(300), who="VHS").complete(
        by=planb, on=day(290)
    )
    add_step(
        work, by=planb, title="Ausbildungsvertrag als Anlagenmechaniker", due=day(410), who="Jobcoaching"
    ).complete(by=planb, on=day(402))
    sign_plan(case, by=planb, on=day(15))
    give_consent(
        mother, by=planb, to=city.departments["jobcoaching"], purpose="Ausbildung des Sohnes", case=case, on=day(280),
        until=day(600), shares=["shares_plan"],
    )  # fmt: skip
    referral = refer(
        case, by=planb, to=city.departments["familienbegleitung"], to_offer=city.offers["FAM"],
        purpose="Einschulung von zwei Kindern", reason="Begleitung an der Schule", wanted="Beide Kinder eingeschult",
        on=day(20), until=day(500), shares=["shares_plan", "shares_household"],
    )  # fmt: skip
    referral.accept(by=family, on=day(22))
    referral.arrive(by=family, on=day(27))
    for offset in (30, 75, 140, 210, 300):
        log_contact(
            Contact(
                offer=offer, topic=topics["schule"], language="bg", channel="in_person", minutes=25, person=mother, case=case
            ),
            by=planb, at=city.moment(day(offset), 11),
        )  # fmt: skip
    later = needs | {Domain.SCHOOL: 3, Domain.WORK: 3, Domain.LANGUAGE: 3}
    assess(case, by=planb, scores=later, on=day(405))
    case.refresh_from_db()
    case.close(
        by=planb, close_reason=Case.CloseReason.GOALS, outcome=Case.Outcome.IMPROVED, on=day(424),
        reason="Ausbildung begonnen, Kinder in der Schule",
    )  # fmt: skip
    return case
