"""What the register itself adds to the timeline of a property. Everything here is read from prefetched rows."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from soe.web.registry import Entry

from .models import Note


def notes_of(user, house):
    """Notes of which the reader may see at least that there is one."""
    return [Note.objects.filter(property=house).restrict(user, "stub")]


def own_entries(user, house, notes):
    """Entries of everybody who may see the register: participation, problem areas, lights, goals, lead, periods."""
    for source in (_participations, _problems, _assessments, _goals, _leads, _periods):
        yield from source(house)
    if user.may("owner.view"):
        yield from _ownerships(house)
    yield from _notes(user, notes)


def _participations(house):
    asked: dict = {}
    for part in house.participations.all():
        if part.question or part.state == "offered":
            asked.setdefault((part.offered_on, part.question), []).append(str(part.department))
        if part.decided_on:
            done = "angenommen" if part.state == "accepted" else "abgelehnt"
            yield Entry(
                part.decided_on,
                f"{part.department} hat die Beteiligung {done}.",
                part.reason,
                department=part.department,
                visibility="open",
                icon="hand",
            )
        if part.closed_on:
            yield Entry(
                part.closed_on,
                f"Beteiligung von {part.department} beendet: {part.get_closing_display()}.",
                part.closed_reason,
                department=part.department,
                visibility="open",
                icon="check",
            )
    for (day, question), names in asked.items():
        listed = f"{', '.join(names[:-1])} und {names[-1]}" if len(names) > 1 else names[0]
        yield Entry(day, f"{listed} um Beteiligung gebeten.", question, visibility="open", icon="hand")


def _problems(house):
    for area in house.problem_areas.all():
        name = area.get_kind_display()
        yield Entry(
            area.suspected_on,
            f"Problemlage gemeldet: {name}.",
            area.text,
            department=area.department,
            visibility="open",
            icon="flag",
        )
        if area.confirmed_on:
            yield Entry(
                area.confirmed_on,
                f"Problemlage bestätigt: {name}.",
                f"Schwere: {area.get_severity_display()}",
                department=area.confirmed_by,
                visibility="open",
                icon="flag",
            )
        if area.resolved_on:
            yield Entry(
                area.resolved_on,
                f"Problemlage {area.get_outcome_display()}: {name}.",
                area.resolution,
                visibility="open",
                icon="check",
            )


def _assessments(house):
    for row in house.assessments.all():
        yield Entry(
            row.on,
            f"Ampel: Druck {row.get_pressure_display()}, Spielraum {row.get_room_display()}.",
            f"{row.pressure_reason} · {row.room_reason}",
            department=row.department,
            visibility="open",
            icon="chart",
        )


def _goals(house):
    for goal in house.goals.all():
        for place, stage in enumerate(goal.stages.all()):
            title = f"Ziel festgelegt: {goal.aim}." if place == 0 else "Ziel überprüft."
            text = f"Stufe {stage.stage} von 6: {stage.get_stage_display()}."
            yield Entry(
                stage.reached_on,
                title,
                f"{text} {stage.reason}".strip(),
                department=goal.department,
                visibility="open",
                icon="flag",
            )
        if goal.ended_on and goal.outcome != "replaced":
            word = "beendet" if goal.outcome == "retired" else goal.get_outcome_display()
            yield Entry(
                goal.ended_on,
                f"Ziel {word}: {goal.aim}.",
                visibility="open",
                icon="flag",
            )


def _leads(house):
    for period in list(house.lead_periods.all())[1:]:
        yield Entry(
            period.since,
            f"{period.department} hat die Federführung übernommen.",
            period.reason,
            department=period.department,
            visibility="open",
            icon="people",
        )


def _periods(house):
    for period in house.periods.all():
        verb = "wieder in das Kataster aufgenommen" if period.reopened else "in das Kataster aufgenommen"
        text = period.note if period.reopened else ""
        yield Entry(period.entered_on, f"{house.number} {verb}.", text, visibility="open", icon="house")
        if period.left_on:
            yield Entry(
                period.left_on,
                f"{house.number} abgeschlossen: {period.get_left_reason_display()}.",
                period.note,
                visibility="open",
                icon="check",
            )


def _ownerships(house):
    for row in house.ownerships.all():
        if row.since:
            yield Entry(
                row.since,
                f"{row.get_role_display()}: {row.party}.",
                f"Anteil {row.share}" if row.share else "",
                visibility="open",
                icon="key",
            )
        if row.until:
            yield Entry(
                row.until, f"{row.get_role_display()} beendet: {row.party}.", visibility="open", icon="key"
            )


def _notes(user, notes):
    """Notes the reader may see; of the others only that there is one."""
    rows = notes.select_related("department", "author").annotate(
        readable=Exists(Note.objects.restrict(user, "view").filter(pk=OuterRef("pk"))),
        own=Exists(Note.objects.restrict(user, "change").filter(pk=OuterRef("pk"))),
    )
    for note in rows:
        if note.readable:
            yield Entry(
                note.at,
                f"{note.subject}.",
                note.text,
                department=f"{note.department}, {note.author}",
                visibility=note.visibility,
                icon="paper",
                remove_url=reverse("web:remove", args=["objects.note", note.pk]) if note.own else "",
            )
        else:
            yield stub(note)


def stub(note):
    """A fixed set of fields: department, kind, day, visibility. Never subject, text or author."""
    return Entry(
        note.at.date(),
        f"{note.department} – Eintrag vorhanden, Einsicht auf Anfrage.",
        department=note.department,
        visibility=note.visibility,
        stub=True,
    )
