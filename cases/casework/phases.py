"""In which phase of case management a case stands: derived from facts, never set by hand."""

from .models import Case


def phase_of(case, *, plan, assessed) -> str:
    """Clearing → Bedarfsanalyse → Hilfeplanung → Begleitung → Abschluss."""
    if case.state == Case.State.CLOSED:
        return "Abschluss"
    if case.state == Case.State.CLEARING:
        return "Clearing"
    if plan is not None and (plan.signed_on or plan.number > 1):
        return "Begleitung"
    return "Hilfeplanung" if assessed or plan is not None else "Bedarfsanalyse"
