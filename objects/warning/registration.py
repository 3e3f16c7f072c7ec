"""What early warning hangs into the shared pages: navigation, the nightly round, notices, the start page."""

from datetime import time

from django.urls import reverse

from soe.web.jobs import schedule
from soe.web.notices import kinds
from soe.web.registry import Task, inbox, navigation

ONE, MANY = "Eine neue Frühwarnung", "{count} neue Frühwarnungen"


def register():
    from objects.register.dossier import add_action
    from soe.web.views import Action

    from .models import RiskHint

    navigation.add(
        group="Kataster",
        label="Frühwarnung",
        url_name="objects:warning_list",
        icon="flag",
        order=15,
        permission="register.steer",
        count=waiting,
    )
    kinds.add("early_warning", "Neue Frühwarnungen", titles=(ONE, MANY), group="Kataster und Verfahren",
              permission="register.steer")  # fmt: skip
    schedule.add("early_warning", "Frühwarnung: alle Regeln prüfen", nightly, at=time(4, 20))
    inbox.add(tasks)
    add_action(
        Action(
            "Hinweis auf Risiko geben",
            "objects:hint_property",
            action="add",
            model=RiskHint,
            when=lambda house: not house.is_retired,
        ),
        45,
    )


def nightly(run):
    from .defaults import ensure_warning_rules
    from .services import evaluate

    ensure_warning_rules()
    evaluate()


def waiting(user):
    from .models import EarlyWarning

    return EarlyWarning.objects.restrict(user, "decide").open()


def tasks(user, today):
    """One line for the coordination office, however many there are."""
    rows = list(waiting(user).order_by("fired_on").values_list("rule__name", "fired_on")[:200])
    if not rows:
        return
    names = list(dict.fromkeys(name for name, _ in rows))
    yield Task(
        title="Eine Frühwarnung ansehen" if len(rows) == 1 else f"{len(rows)} Frühwarnungen ansehen",
        url=reverse("objects:warning_list"),
        place=", ".join(names[:3]) + (" …" if len(names) > 3 else ""),
        button="Ansehen",
        group="waiting",
        since=rows[0][1],
    )
