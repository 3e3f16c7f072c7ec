"""What waits for an answer: complaints, offers to take part, requests for information."""

from soe.web.notices.kinds import kinds
from soe.web.notices.services import members

from .models import EscalationLevel, Subject
from .services import SUPERVISE, Source, add

ACTING = EscalationLevel.Audience.ACTING
GROUP = "Fristen"


def register():
    kinds.add("participation_due", "Bitte um Beteiligung ist zu beantworten", about=("objects.property",),
              group=GROUP, permission="register.change",
              titles=("Bitte um Beteiligung an {number} ist bis {date} zu beantworten",
                      "Bitte um Beteiligung an {number} war bis {date} zu beantworten"))  # fmt: skip
    kinds.add("information_due", "Auskunftsersuchen ist zu beantworten", about=("objects.informationrequest",),
              group=GROUP, permission="proceeding.change",
              titles=("Auskunftsersuchen von {department} ist bis {date} zu beantworten",
                      "Auskunftsersuchen von {department} war bis {date} zu beantworten"))  # fmt: skip
    kinds.add("forward_due", "Weitergeleitete Beschwerde ist anzunehmen", about=("objects.complaint",),
              group=GROUP, permission="complaint.route",
              titles=("Weitergeleitete Beschwerde {number} ist bis {date} anzunehmen",
                      "Weitergeleitete Beschwerde {number} war bis {date} anzunehmen"))  # fmt: skip
    kinds.add("reply_escalated", "Ausstehende Antworten in meiner Aufsicht", group=GROUP, permission=SUPERVISE,
              about=("objects.complaint", "objects.property", "objects.informationrequest"),
              titles=("{department}: Antwort zu Beschwerde {number} ist am {date} fällig",
                      "{department}: Antwort zu Beschwerde {number} fehlt seit {date}",
                      "{department}: Annahme der Beschwerde {number} ist am {date} fällig",
                      "{department}: Annahme der Beschwerde {number} fehlt seit {date}",
                      "{department}: Antwort zur Beteiligung an {number} ist am {date} fällig",
                      "{department}: Antwort zur Beteiligung an {number} fehlt seit {date}",
                      "{department}: Antwort auf ein Auskunftsersuchen ist am {date} fällig",
                      "{department}: Antwort auf ein Auskunftsersuchen fehlt seit {date}"))  # fmt: skip
    add(
        Source(
            Subject.COMPLAINT, "complaint", "answer_due", _complaints, handlers,
            lambda row: row.department, "answer_due", lambda row: row, _complaint_words,
        )
    )  # fmt: skip
    add(
        Source(
            Subject.PARTICIPATION, "participation", "answer_due", _participations,
            lambda row: members(row.department, "register.change"), lambda row: row.department,
            "participation_due", lambda row: row.property, _participation_words,
        )
    )  # fmt: skip
    add(
        Source(
            Subject.REQUEST, "inquiry", "answer_due", _requests,
            lambda row: members(row.asked_department, "proceeding.change"), lambda row: row.asked_department,
            "information_due", lambda row: row, _request_words,
        )
    )  # fmt: skip

    add(
        Source(
            Subject.FORWARD, "complaint", "forward_due", _forwarded,
            lambda row: members(row.forwarded_to, "complaint.route"), lambda row: row.forwarded_to,
            "forward_due", lambda row: row, _forward_words,
        )
    )  # fmt: skip


def handlers(complaint):
    """Whoever handles it while she works in that department; otherwise everybody there who may."""
    people = members(complaint.department, "complaint.route")
    if complaint.handler_id and (own := people.filter(pk=complaint.handler_id)):
        return own
    return people


def _complaints(first, last):
    from objects.models import Complaint

    rows = Complaint.objects.open().filter(wants_answer=True, answer_due__range=(first, last))
    return rows.select_related("department")


def _participations(first, last):
    from objects.models import Participation

    rows = Participation.objects.waiting().filter(property__retired_on=None, answer_due__range=(first, last))
    return rows.select_related("department", "property")


def _requests(first, last):
    from objects.models import InformationRequest

    rows = InformationRequest.objects.waiting().filter(answer_due__range=(first, last))
    return rows.select_related("asked_department", "asking_department")


def _forwarded(first, last):
    from objects.models import Complaint

    rows = Complaint.objects.not_closed().filter(forward_due__range=(first, last))
    return rows.select_related("forwarded_to")


def _forward_words(row, audience, late):
    day = f"{row.forward_due:%d.%m.%Y}"
    if audience == ACTING:
        return f"Weitergeleitete Beschwerde {row.number} {'war' if late else 'ist'} bis {day} anzunehmen"
    return f"{row.forwarded_to.short_name}: Annahme der Beschwerde {row.number} {_since(day, late)}"


def _complaint_words(row, audience, late):
    day = f"{row.answer_due:%d.%m.%Y}"
    if audience == ACTING:
        return f"Antwort zu Beschwerde {row.number} {'war' if late else 'ist'} am {day} fällig"
    return f"{row.department.short_name}: Antwort zu Beschwerde {row.number} {_since(day, late)}"


def _participation_words(row, audience, late):
    day, number = f"{row.answer_due:%d.%m.%Y}", row.property.number
    if audience == ACTING:
        return f"Bitte um Beteiligung an {number} {'war' if late else 'ist'} bis {day} zu beantworten"
    return f"{row.department.short_name}: Antwort zur Beteiligung an {number} {_since(day, late)}"


def _request_words(row, audience, late):
    day = f"{row.answer_due:%d.%m.%Y}"
    if audience == ACTING:
        asking = row.asking_department.short_name
        return f"Auskunftsersuchen von {asking} {'war' if late else 'ist'} bis {day} zu beantworten"
    return f"{row.asked_department.short_name}: Antwort auf ein Auskunftsersuchen {_since(day, late)}"


def _since(day, late):
    return f"fehlt seit {day}" if late else f"ist am {day} fällig"
