"""Eight quarters of the Lenkungskreis, the published council papers, proposals, decisions and their reports."""

from datetime import date, timedelta
from decimal import Decimal

from soe.audit.context import acting_as
from soe.web.figures import Quarter
from steering.models import (
    Attendance,
    Committee,
    CommitteeMembership,
    FundingApplication,
    Meeting,
    Outcome,
    Proposal,
    StatusReport,
)
from steering.papers import load_papers

A = Proposal.Aim
# title, department, aim, problem, proposal, cost, funded, source
PROPOSALS = [
    ("Ressortübergreifende Objektkontrollen alle sechs Wochen", "koordination", A.INTERVENTION, "Kontrollen finden unregelmäßig statt.", "Die Stadt kontrolliert alle sechs Wochen gemeinsam.", 12_000, 0, ""),
    ("Zweite Anlaufstelle in Herne-Mitte", "koordination", A.INTEGRATION, "Wartezeiten von über einer Stunde.", "In Herne-Mitte öffnet eine zweite Anlaufstelle.", 165_600, 124_200, "EhAP Plus"),
    ("Familienbegleitung an zwei weiteren Schulen", "schule", A.PREVENTION, "Kinder kommen unregelmäßig zur Schule.", "Zwei weitere Grundschulen erhalten Familienbegleitung.", 78_000, 62_400, "MKJFGFI"),
    ("Gemeinsames Immobilienkataster", "quartiere", A.INTERVENTION, "Jeder Fachbereich führt eigene Listen.", "Alle Fachbereiche arbeiten in einem Kataster.", 40_000, 0, ""),
    ("Wohnungsführerschein als Kurs", "wohnhilfen", A.INTEGRATION, "Vermieter lehnen Bewerbungen ab.", "Der Kurs findet viermal im Jahr statt.", 18_500, 14_800, "MKJFGFI"),
    ("Jobcoaching mit zweiter Sprache", "jobcoaching", A.INTEGRATION, "Beratung auf Bulgarisch fehlt.", "Eine zweite Stelle berät auf Bulgarisch.", 61_000, 48_800, "MKJFGFI"),
    ("Ankauf eines Hauses am Lampenstubenweg", "quartiere", A.INTERVENTION, "Der Eigentümer saniert nicht.", "Die Stadt prüft den Ankauf mit Mitteln des Landes.", 410_000, 328_000, "Modellvorhaben NRW"),
    ("Müllberatung in vier Sprachen", "umwelt", A.PREVENTION, "Die Tonnen reichen nicht, getrennt wird kaum.", "Beratung an der Haustür in vier Sprachen.", 9_800, 0, ""),
    ("Dolmetschdienst für Kontrollen", "koordination", A.INTEGRATION, "Verständigung vor Ort fehlt.", "Rahmenvertrag für Dolmetscherinnen.", 22_000, 0, ""),
    ("Meldeabgleich nach jeder Kontrolle", "meldewesen", A.INTERVENTION, "Abmeldungen kommen spät.", "Abgleich binnen zwei Wochen.", 0, 0, ""),
    ("Brandschutzberatung für Bewohner", "feuerwehr", A.PREVENTION, "Brandlasten in Fluren.", "Die Feuerwehr berät in den Häusern.", 4_200, 0, ""),
    ("Sprechstunde der Wohnungsaufsicht im Quartier", "wohnungsaufsicht", A.PREVENTION, "Mieter kennen ihre Rechte nicht.", "Monatliche Sprechstunde in Wanne.", 3_600, 0, ""),
]  # fmt: skip
WORDS = {
    "green": "Läuft wie geplant. Der nächste Schritt ist terminiert.",
    "yellow": "Eine Stelle ist unbesetzt. Die Ausschreibung läuft.",
    "red": "Die Mittel sind noch nicht bewilligt. Ohne Bewilligung ruht die Umsetzung.",
}


def build(city):
    by = city.users["koordination"]
    committee = _committee(city, by)
    load_papers(by=by)
    current = Quarter.of(city.today)
    queue = list(PROPOSALS)
    decisions = []
    for back in range(8, 0, -1):
        decisions += _past_meeting(city, committee, current.shift(-back), queue, by, first=back == 8)
        for decision in decisions:
            _report(city, decision, current.shift(-back))
    _next_meeting(city, committee, by, queue)
    _funding(city, by)
    city.say(f"{Meeting.objects.count()} Sitzungen, {len(decisions)} Beschlüsse")


def _committee(city, by):
    with acting_as(by):
        committee = Committee(
            code="LK", name="Lenkungskreis Zuwanderung Südosteuropa", kind=Committee.Kind.STEERING,
            chair=city.departments["dezernat3"], quorum_rule=Committee.QuorumRule.HALF, registration_days=14,
            location="Rathaus Herne, Sitzungszimmer 2", start_date=date(2023, 2, 1),
        )  # fmt: skip
        committee.save(reason="Demostadt")
        R = CommitteeMembership.Role
        seats = [("dezernat3", R.CHAIR, True), ("dezernat4", R.MEMBER, True), ("dezernat5", R.MEMBER, True),
                 ("dezernat6", R.MEMBER, True), ("koordination", R.MANAGER, False)]  # fmt: skip
        for code, role, votes in seats:
            CommitteeMembership(
                committee=committee, department=city.departments[code], role=role, voting_right=votes,
                start_date=date(2023, 2, 1),
            ).save()  # fmt: skip
    return committee


def _meeting(city, committee, day, by):
    with acting_as(by):
        meeting = Meeting(
            committee=committee,
            start=city.moment(day, 14),
            end=city.moment(day, 16),
            location=committee.location,
        )
        meeting.save()
    return meeting


def _workday(day):
    while day.weekday() > 3:
        day += timedelta(days=1)
    return day


def _proposal(city, committee, row, by_date):
    title, code, aim, problem, text, cost, funded, source = row
    by = city.clerk(code)
    with acting_as(by):
        proposal = Proposal(
            title=title, department=city.departments[code], committee=committee, aim=aim, problem=problem, text=text,
            resolution=f"Der Lenkungskreis beschließt: {text}", expected_effect="Weniger Beschwerden, schnellere Hilfe.",
            cost=Decimal(cost), funding=Decimal(funded), funding_source=source,
            property=city.properties[0] if "Lampenstubenweg" in title else None,
        )  # fmt: skip
        proposal.save()
    proposal.submit(by=by, on=by_date)
    return proposal


def _past_meeting(city, committee, quarter, queue, by, *, first):
    rng = city.rng
    day = _workday(quarter.start + timedelta(days=50))
    meeting = _meeting(city, committee, day, by)
    meeting.open_registration(by=by, closes_on=day - timedelta(days=14))
    if first:
        meeting.add_item(by=by, name="Konstituierung und Arbeitsweise")
    taken = [queue.pop(0) for _ in range(min(len(queue) - 2, 1 + rng.randint(0, 1))) if len(queue) > 2]
    proposals = [_proposal(city, committee, row, day - timedelta(days=20)) for row in taken]
    for proposal in proposals:
        meeting.add_item(by=by, proposal=proposal)
    meeting.add_item(by=by, name="Quartalsbericht und Zahlen")
    meeting.freeze(by=by, at=city.moment(day - timedelta(days=13)))
    meeting.invite(by=by, at=city.moment(day - timedelta(days=12)))
    meeting.begin(by=by, at=city.moment(day, 14))
    for row in meeting.attendances.all():
        row.set(
            Attendance.Status.PRESENT if rng.random() < 0.9 or row.voting else Attendance.Status.EXCUSED,
            by=by,
        )
    made = []
    for item in meeting.items.order_by("position"):
        item.refresh_from_db()
        item.write(by=by, text="Der Punkt wird vorgestellt und besprochen.")
        item.refresh_from_db()
        proposal = item.proposal
        if proposal is None:
            item.settle(by=by, outcome=Outcome.NOTED, at=city.moment(day, 14, 30))
            continue
        made.append(
            item.decide(
                by=by,
                outcome=rng.choice([Outcome.UNCHANGED, Outcome.UNANIMOUS]),
                text=proposal.resolution,
                responsible=proposal.department,
                title=proposal.title,
                votes=(4, 0, 0),
                due=day + timedelta(days=rng.choice([120, 200, 320])),
                participating=[city.departments["koordination"]]
                if proposal.department.code != "koordination"
                else [],
                conditions=[("Im nächsten Quartal berichten", day + timedelta(days=90))],
                at=city.moment(day, 15),
            )
        )
    meeting.refresh_from_db()
    meeting.close(by=by, at=city.moment(day, 16))
    meeting.refresh_from_db()
    meeting.approve_minutes(by=by, on=day + timedelta(days=10))
    return made


def _report(city, decision, quarter):
    decision.refresh_from_db()
    if not decision.is_running or quarter < Quarter.of(decision.decided_on) or city.rng.random() < 0.2:
        return
    by = city.clerk(decision.responsible)
    colour = city.rng.choice(["green", "green", "yellow", "red"])
    late = (quarter.end - decision.decided_on).days
    state = decision.State.DONE if colour == "green" and late > 250 else decision.State.IN_PROGRESS
    decision.file_report(
        by=by, quarter=quarter, colour=StatusReport.Colour(colour), text=WORDS[colour], state=state,
        on=min(quarter.end, city.today),
    )  # fmt: skip


def _next_meeting(city, committee, by, queue):
    day = _workday(city.today + timedelta(days=12))
    if day.year != city.today.year:
        day = city.today + timedelta(days=1)
    meeting = _meeting(city, committee, day, by)
    meeting.open_registration(by=by, closes_on=city.today + timedelta(days=4))
    for row in queue[:1]:
        meeting.add_item(by=by, proposal=_proposal(city, committee, row, city.ago(3)))
    for row in queue[1:2]:
        _proposal(city, committee, row, city.ago(1))


def _funding(city, by):
    rows = [
        ("Anlaufstellen ab Herbst 2026", "EhAP Plus", 60, 840_000),
        ("Familienbegleitung 2027", "MKJFGFI", 25, 190_000),
        ("Ankauf und Sanierung Lampenstubenweg", "Modellvorhaben Problemimmobilien NRW", 110, 410_000),
    ]
    with acting_as(by):
        for title, programme, days, amount in rows:
            FundingApplication(
                title=title, programme=programme, department=city.departments["koordination"],
                deadline=city.today + timedelta(days=days), amount=Decimal(amount), own_share=Decimal(amount) / 5,
            ).save()  # fmt: skip
