"""Who hears of decided proposals and of status reports that are due."""

from datetime import timedelta

from soe.web.figures import Quarter
from soe.web.notices import kinds, notify
from soe.web.notices.services import members

# Asked for from two weeks before the quarter ends.
EARLY = timedelta(days=14)


def register():
    from django.db.models import Q

    from soe.web import targets
    from soe.web.notices import reminders

    from .models import Decision, Meeting, Proposal

    both = {"comments": True, "watch": True}
    targets.register(
        Proposal,
        acting=lambda mine: Q(department__in=mine) | Q(cosignatures__department__in=mine),
        **both,
    )
    targets.register(
        Decision,
        acting=lambda mine: Q(responsible__in=mine) | Q(participations__department__in=mine),
        **both,
    )
    targets.register(Meeting, acting=lambda mine: Q(committee__memberships__department__in=mine), **both)

    kinds.add("proposal_decided", "Entscheidung über einen Vorschlag", about=("steering.proposal",),
              group="Steuerung", permission="steering.propose",
              titles=("Über Vorschlag {number} ist entschieden",))  # fmt: skip
    kinds.add("report_asked", "Bitte um einen Umsetzungsbericht", about=("steering.decision",),
              group="Steuerung", permission="steering.report",
              titles=("Umsetzungsbericht zu {number} bis {date} erbeten",
                      "Umsetzungsbericht zu {number} fehlt seit {date}"))  # fmt: skip
    reminders.add("report_asked", reports_due)


def proposal_decided(proposal, *, on=None):
    notify(
        members(proposal.department, "steering.propose"),
        "proposal_decided",
        title=f"Über Vorschlag {proposal.number} ist entschieden",
        url=proposal.get_absolute_url(),
        target=proposal,
        on=on,
    )


def reports_due(first, last):
    """Decisions without a report for a quarter whose end lies between `first` and two weeks from now."""
    from soe.web.notices.reminders import Deadline, People

    from .models import Decision

    people = People()
    ahead = last + EARLY - timedelta(days=7)
    for quarter in {Quarter.of(first), Quarter.of(last)}:
        if not first <= quarter.end <= ahead:
            continue
        rows = Decision.objects.without_report(quarter).order_by("due", "id")
        for row in rows.iterator():
            yield Deadline(
                row,
                quarter.end,
                people(row.responsible_id, "steering.report"),
                row.get_absolute_url(),
                f"Umsetzungsbericht zu {row.number} bis {quarter.end:%d.%m.%Y} erbeten",
                f"Umsetzungsbericht zu {row.number} fehlt seit {quarter.end:%d.%m.%Y}",
            )
