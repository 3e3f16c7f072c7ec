"""What the points hang into the shared pages: the nightly round, the panel of the property."""

from datetime import time

from soe.web.jobs import schedule
from soe.web.registry import navigation


def register():
    from objects.register.dossier import Panel, add_panel

    schedule.add("scores", "Punkte und Kurzfassungen der Objekte neu berechnen", nightly, at=time(3, 40))
    navigation.add(
        group="Verwaltung",
        label="Punkteregeln",
        url_name="objects:score_rule_list",
        icon="flag",
        order=61,
        permission="register.steer",
    )
    add_panel(Panel("aside", "objects/priority/panel.html", panel, order=10))


def nightly(run):
    from .defaults import ensure_score_rules
    from .scoring import recompute_all

    ensure_score_rules()
    recompute_all(run)


def panel(request, house):
    """The points with their reasons; nothing for a property that has left the register."""
    if house.is_retired:
        return None
    return {"score": house.summary.score, "parts": house.summary.score_parts, "house": house}
