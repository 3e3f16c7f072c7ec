"""Open work of steering when a department closes or a member leaves."""

from django.utils import timezone

from soe.departments import handover


def register():
    add = handover.departments.add
    add("offene Beschlüsse", "steering.Decision", "responsible", open=_open_decisions)
    add(
        "Mitwirkungen an offenen Beschlüssen",
        "steering.DecisionParticipation",
        "department",
        open=lambda rows: rows.filter(decision__state__in=("open", "in_progress")),
        move=_take_part,
    )
    add("offene Auflagen", "steering.Condition", "department", open=lambda rows: rows.filter(done_on=None))
    add(
        "offene Vorschläge",
        "steering.Proposal",
        "department",
        open=lambda rows: rows.exclude(state__in=("decided", "withdrawn")),
    )
    add(
        "laufende Förderanträge",
        "steering.FundingApplication",
        "department",
        open=lambda rows: rows.filter(state__in=("preparing", "submitted")),
    )
    add(
        "Sitze in Gremien",
        "steering.CommitteeMembership",
        "department",
        open=_seats,
        move=_seat("department"),
    )
    add("Vorsitz in Gremien", "steering.Committee", "chair")
    people = handover.people.add
    people("Sitze in Gremien", "steering.CommitteeMembership", "user", open=_seats, move=_seat("user"))
    people(
        "Stellvertretungen in Gremien", "steering.CommitteeMembership", "deputy", open=_seats, move=_deputy
    )


def _open_decisions(rows):
    return rows.filter(state__in=("open", "in_progress"))


def _seats(rows):
    return rows.filter(end_date=None)


def _take_part(rows, source, to, by, reason):
    for row in rows:
        if type(row).objects.filter(decision_id=row.decision_id, department=to).exists():
            row.delete(reason=reason)
        else:
            row.department = to
            row.save(reason=reason)


def _seat(path):
    """A seat ends and the successor's begins, so the minutes of old meetings keep who sat there."""

    def move(rows, source, to, by, reason):
        today = timezone.localdate()
        for row in rows:
            row.end_date = max(today, row.start_date)
            row.save(reason=reason)
            twin = type(row).objects.filter(committee_id=row.committee_id, end_date=None, **{path: to})
            if twin.exists():
                continue
            deputy = row.deputy if row.deputy_id != getattr(to, "pk", None) else None
            new = type(row)(
                committee_id=row.committee_id,
                deputy=deputy,
                role=row.role,
                voting_right=row.voting_right,
                start_date=max(today, row.start_date),
                **{path: to},
            )
            new.save(reason=reason)

    return move


def _deputy(rows, source, to, by, reason):
    for row in rows:
        row.deputy = to if row.user_id != to.pk else None
        row.save(reason=reason)
