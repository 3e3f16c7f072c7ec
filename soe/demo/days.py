"""Inspection days: those the cities published, and those of this city."""

from datetime import timedelta

from objects.inspections import published
from objects.inspections.models import ChecklistItem, DwellingVisit, HelpNeed, ImmediateMeasure, InspectionDay
from objects.inspections.services import (
    measure_from_finding,
    plan_day,
    record_answer,
    record_visit,
    take_over_help_need,
    write_note,
)
from objects.proceedings.models import Measure
from soe.audit.context import acting_as

CREW = [
    "ordnung",
    "wohnungsaufsicht",
    "bauordnung",
    "feuerwehr",
    "umwelt",
    "meldewesen",
    "jugend",
    "schule",
    "steuern",
    "polizei",
    "jobcenter",
]
NEEDS = ["housing", "school", "health", "benefits", "language", "work"]
OFFERED = {"housing": "wohnhilfen", "school": "familienbegleitung", "work": "jobcoaching"}


def build(city):
    coordination = city.departments["koordination"]
    published.enter(by=city.users["koordination"], lead=coordination)
    standing = [house for house in city.properties if not house.is_retired]
    total = city.count(40)
    for index in range(total):
        # Two planned days lie ahead; the others are spread over two years.
        days = -9 * (2 - index) if index < 2 else 6 + (index - 2) * 700 // max(total - 2, 1)
        _day(city, standing, index, days)
    city.say(f"{InspectionDay.objects.count()} Einsatztage, davon {len(published.DAYS)} veröffentlichte")


def _day(city, standing, index, days):
    rng = city.rng
    on = city.ago(days)
    lead = city.users["koordination"]
    able = [house for house in standing if house.registered_on <= on] or standing[:1]
    houses = rng.sample(able, min(len(able), rng.choice([1, 2, 2, 3, 4])))
    if any(house.registered_on > on for house in houses):
        on = max(house.registered_on for house in houses) + timedelta(days=1)
        if on >= city.today:
            return
    crew = [city.departments[code] for code in rng.sample(CREW, rng.choice([3, 5, 6, 8]))]
    day = plan_day(
        by=lead, date=on, lead=city.departments["koordination"], houses=houses, departments=crew,
        first=crew[0], meeting_point=rng.choice(["Feuerwache", "Rathaus Wanne", "Parkplatz am Stadtpark"]),
        reason=rng.choice(["mehrere Beschwerden", "Verdacht auf Überbelegung", "Nachkontrolle"]),
        interpreters="Rumänisch, Bulgarisch",
    )  # fmt: skip
    day.invite(by=lead, on=on - timedelta(days=14))
    for row in day.participations.exclude(department=None).select_related("department"):
        by = city.users.get(row.department.code)
        if by is None:
            continue
        if on > city.today and row.department.code in ("feuerwehr", "wohnungsaufsicht", "ordnung"):
            continue  # their answer is still open: it stands on their start page
        if rng.random() < 0.9:
            row.accept(by=by, on=on - timedelta(days=10), people=f"{by}", headcount=rng.choice([1, 2, 2]))
        else:
            row.decline(by=by, reason="An dem Tag ist niemand frei.", on=on - timedelta(days=9))
    if on > city.today:
        return
    sections = list(day.sections.select_related("department"))
    for inspection in day.inspections.select_related("property"):
        for dwelling in inspection.property.dwellings.all()[: rng.choice([3, 4, 6])]:
            _visit(city, inspection, dwelling, sections)
        _house_findings(city, inspection, sections)
    _results(city, day, sections)
    day.refresh_from_db()
    if day.state == InspectionDay.State.RUNNING:
        day.close(by=lead, on=on)
    late = days < 12
    for section in sections:
        section.refresh_from_db()
        if section.state == "open" and not (late and section.department.code in ("bauordnung", "jugend")):
            section.close(by=city.clerk(section.department), on=min(on + timedelta(days=4), city.today))
    if not late and rng.random() < 0.9:
        day.refresh_from_db()
        if day.state == InspectionDay.State.CLOSED:
            day.publish(
                by=lead, on=min(on + timedelta(days=12), city.today), reason="alle Abschnitte liegen vor"
            )


def _visit(city, inspection, dwelling, sections):
    rng = city.rng
    access = rng.choice(["granted"] * 6 + ["nobody", "refused", "partly"])
    changes = {"access": access, "registered": rng.randint(0, 7)}
    if access in ("granted", "partly"):
        changes |= {
            "met": rng.randint(0, 6), "unregistered": rng.choice([0, 0, 0, 1, 2]), "gone": rng.choice([0, 0, 0, 1, 2]),
            "children": rng.choice([0, 0, 0, 0, 1]), "area": dwelling.area, "rooms": dwelling.rooms, "done": True,
        }  # fmt: skip
    section = sections[0] if sections else None
    if section is None:
        return
    visit = record_visit(
        inspection, by=city.clerk(section.department), section=section, changes=changes, dwelling=dwelling
    )
    if access != DwellingVisit.Access.GRANTED:
        return
    for row in sections:
        items = ChecklistItem.objects.filter(department=row.department, level="dwelling")
        for item in items:
            answer = rng.choice(["ok", "ok", "ok", "", "defect", "danger"])
            if answer:
                record_answer(
                    row, item, answer, by=city.clerk(row.department), inspection=inspection, visit=visit
                )


def _house_findings(city, inspection, sections):
    rng = city.rng
    for section in sections:
        by = city.clerk(section.department)
        for item in ChecklistItem.objects.filter(department=section.department, level="house"):
            finding = record_answer(
                section, item, rng.choice(["ok", "ok", "defect", "danger"]), by=by, inspection=inspection
            )
            able = section.department.code in (
                "bauordnung",
                "wohnungsaufsicht",
                "umwelt",
                "feuerwehr",
                "ordnung",
            )
            if finding and finding.severity == "danger" and able and rng.random() < 0.3:
                on = inspection.day.date
                measure = measure_from_finding(
                    finding, by=by, kind=Measure.Kind.REPAIR, what=f"Mangel beheben lassen: {item.label}",
                    due_on=on + timedelta(days=30), on=on,
                )  # fmt: skip
                if on < city.ago(60) and rng.random() < 0.7:
                    measure.complete(by=by, on=on + timedelta(days=25), effect=Measure.Effect.BETTER)
                    finding.refresh_from_db()
                    finding.resolve(by=by, on=on + timedelta(days=26), reason="Nachkontrolle")
        if rng.random() < 0.3:
            write_note(
                section, "Bewohner sprachen wenig Deutsch, Dolmetscherin half.", by=by, inspection=inspection
            )


def _results(city, day, sections):
    rng = city.rng
    for section in sections:
        by = city.clerk(section.department)
        with acting_as(by):
            if section.department.code == "meldewesen":
                ImmediateMeasure(kind="deregistered", count=rng.randint(1, 9)).belong_to(section).save()
            if section.department.code == "steuern":
                ImmediateMeasure(kind="amount_collected", count=1, amount=rng.randint(400, 4200)).belong_to(
                    section
                ).save()
            if rng.random() < 0.4:
                kind = rng.choice(NEEDS)
                need = HelpNeed(
                    kind=kind, households=rng.randint(1, 4), languages="Rumänisch", urgent=rng.random() < 0.2,
                    offered_to=city.departments[OFFERED.get(kind, "kim")],
                )  # fmt: skip
                need.inspection = day.inspections.first()
                need.belong_to(section).save()
                if rng.random() < 0.6:
                    taker = OFFERED.get(kind, "kim")
                    take_over_help_need(
                        need, by=city.users[taker], department=city.departments[taker],
                        on=min(day.date + timedelta(days=6), city.today),
                    )  # fmt: skip
