"""What may be taken off by mistake here and comes back: stations and finance rows of papers, items of open agendas."""

from soe.web.removal import registry

from .models import AgendaItem, Consultation, FinanceRow, Meeting

FROZEN = "Die Tagesordnung ist eingefroren. In der Sitzung kann der Punkt zurückgezogen werden."


def register():
    for model in (Consultation, FinanceRow):
        registry.register(model, parent="paper", mend=registry.at_end("paper"))
    registry.register(
        AgendaItem,
        parent="meeting",
        refuses=_frozen,
        remove=_drop,
        mend=registry.at_end("meeting"),
        restored=_schedule,
        hint="Die folgenden Punkte rücken auf, ein Vorschlag wartet wieder auf eine Sitzung.",
    )


def _frozen(item):
    return "" if item.meeting.state in Meeting.OPEN_AGENDA else FROZEN


def _drop(item, *, by, reason):
    item.drop(by=by, reason=reason)


def _schedule(item, *, by, reason):
    """Its proposal waits no longer; one that went its way meanwhile says so."""
    if item.proposal_id:
        item.proposal.schedule(by=by, meeting=item.meeting, reason=reason)
