"""Open work of counselling. Social data stays within one legal body: a carrier never inherits another's persons."""

from django.db.models import Q
from django.utils import timezone

from soe.audit import bulk
from soe.departments import handover
from soe.departments.handover import same_body
from soe.web.comments.watching import saved_many

ONLY_WITH_CONSENT = (
    "„{to}“ ist ein anderer Träger. Personen und Fälle gehen nur mit ihrer Einwilligung dorthin. "
    "Bitte schließen Sie die Fälle zuerst ab oder vermitteln Sie die Personen."
)


def register():
    add = handover.departments.add
    add("laufende Angebote", "cases.Offer", "carrier", open=_running, blocked=_open_cases_elsewhere)
    kept = "innerhalb der Stadt oder eines Trägers bei der Nachfolge, sonst gesperrt bis zur Löschung"
    for label, model, path in (
        ("Personen", "cases.Person", "own_department"),
        ("Haushalte", "cases.Household", "department"),
    ):
        add(label, model, path, move=_within_the_body(path), ends=True, note=kept)
    add(
        "offene Vermittlungen an die Stelle",
        "cases.Referral",
        "to_department",
        open=lambda rows: rows.filter(state__in=("sent", "accepted")),
        blocked=lambda rows, source, to: (
            "Die Einwilligung nennt diese Stelle. Bitte beantworten Sie die Vermittlungen zuerst."
        ),
    )
    add("offene Schritte", "cases.PlanStep", "department", open=_not_done, follow=saved_many)
    people = handover.people.add
    people(
        "laufende Fälle",
        "cases.Case",
        "lead",
        open=lambda rows: rows.exclude(state="closed"),
        blocked=_no_lead,
        follow=saved_many,
    )
    people(
        "Zugriffe auf gesperrte Personen",
        "cases.RestrictionAccess",
        "user",
        open=lambda rows: rows.filter(restriction__ended_on=None),
        blocked=_only_one_listed,
        move=_end_access,
        ends=True,
        note="endet, wird nicht übertragen",
    )


def _running(rows):
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()))


def _not_done(rows):
    return rows.filter(done_on=None)


def _open_cases_elsewhere(rows, source, to):
    from .models import Case

    if to is None or same_body(source, to):
        return ""
    open_cases = Case.objects.exclude(state="closed").filter(offer__in=rows.order_by().values("pk"))
    return ONLY_WITH_CONSENT.format(to=to) if open_cases.exists() else ""


def _within_the_body(path):
    def move(rows, source, to, by, reason):
        if to is None or not same_body(source, to):
            return  # stays until its retention ends
        for row in rows:
            setattr(row, path, to)
        bulk.update(rows, [path], reason=reason)

    return move


def _no_lead(rows, source, to):
    """The cases stay with their carrier, so whoever takes them over must be allowed to lead cases there."""
    if to is None:
        return ""
    from .casework.forms import leads
    from .models import Offer

    carriers = Offer.objects.filter(pk__in=rows.order_by().values("offer_id"))
    for offer in carriers.select_related("carrier"):
        if not leads(Offer.objects.filter(pk=offer.pk)).filter(pk=to.pk).exists():
            return f"{to} darf bei „{offer.carrier}“ keine Fälle führen. Bitte wählen Sie eine andere Person."
    return ""


def _only_one_listed(rows, source, to):
    from .models import RestrictionAccess

    others = RestrictionAccess.objects.filter(user__is_active=True).exclude(user=source)
    alone = rows.exclude(restriction__in=others.order_by().values("restriction_id")).count()
    return (
        f"Bei {alone} gesperrten Personen hat sonst niemand Zugriff. Bitte lassen Sie dort zuerst jemand anderen zu."
        if alone
        else ""
    )


def _end_access(rows, source, to, by, reason):
    for row in rows:
        row.delete(reason=reason)
