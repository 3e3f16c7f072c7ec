"""What is done with complaints. Dates are parameters, so that what happened earlier can be entered."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from objects import notices
from objects.register.selectors import find_property_by_address
from objects.register.services import open_property, participate, report_problem
from objects.replies.models import Subject
from objects.replies.services import reply_by
from soe.audit.context import acting_as
from soe.web.text import local_date

from .models import (
    Complaint,
    ComplaintInvolvement,
    ComplaintLink,
    ComplaintReference,
    ComplaintReporter,
    ComplaintTopic,
)
from .routing import propose, switch_off_broken


def answer_deadline(received_at, categories=()):
    """By the periods of the city, valid on the day of receipt. `categories`: ids."""
    return reply_by(Subject.COMPLAINT, local_date(received_at), set(categories))


@transaction.atomic
def record_complaint(
    *,
    by,
    recorded_in,
    text,
    address=None,
    place="",
    categories=(),
    channel=Complaint.Channel.PHONE,
    received_at: datetime | None = None,
    reporter_name="",
    reporter_contact="",
    anonymous=False,
    wants_answer=False,
    answer_due=None,
    department=None,
    participants=None,
    repeats=None,
    open_with=(),
    also_about=(),
) -> Complaint:
    """Write a complaint down, route it, and link it to the property of its address.

    `department`, `participants`: instead of the proposal of the rules. `open_with`: problem areas; given, a property
    is opened when none stands at the address. `also_about`: further properties (neighbours). `repeats`: the complaint
    this one repeats.
    """
    received_at = received_at or timezone.now()
    categories = list(categories)
    with acting_as(by):
        district = address.district if address is not None else ""
        route = propose(
            [row.pk for row in categories], district, fallback=recorded_in, on=local_date(received_at)
        )
        switch_off_broken(route)
        lead = department or route.lead
        joining = route.participants if participants is None else list(participants)
        if department is not None and participants is None and route.lead != department and route.rule:
            joining = [route.lead, *joining]
        complaint = Complaint(
            channel=channel,
            received_at=received_at,
            address=address,
            place="" if address is not None else place.strip(),
            text=text.strip(),
            anonymous=anonymous,
            wants_answer=wants_answer and not anonymous,
            answer_due=(answer_due or answer_deadline(received_at, [row.pk for row in categories]))
            if wants_answer and not anonymous
            else None,
            department=lead,
            recorded_in=recorded_in,
            repeats=repeats,
        )
        complaint.clean()
        complaint.save()
        for category in categories:
            ComplaintTopic(complaint=complaint, category=category).save()
        for row in dict.fromkeys(joining):
            if row.pk != lead.pk:
                ComplaintInvolvement(complaint=complaint, department=row).save()
        if not anonymous and (reporter_name.strip() or reporter_contact.strip()):
            ComplaintReporter(
                complaint=complaint, name=reporter_name.strip(), contact=reporter_contact.strip()
            ).save()
        house = find_property_by_address(address) if address is not None else None
        if house is not None:
            link_complaint(complaint, house, by=by, kind=ComplaintLink.Kind.HINT)
            invite(house, route.invited, by=by, complaint=complaint)
            for kind in open_with:
                report_problem(
                    house, by=by, department=lead, kind=kind, on=local_date(received_at), text=complaint.title
                )
        elif open_with:
            open_property_from(complaint, by=by, problem_areas=open_with)
        for other in also_about:
            link_complaint(complaint, other, by=by, kind=ComplaintLink.Kind.HINT)
        told = {row.pk: row for row in (lead, *joining)}
        notices.complaint_routed(complaint, told.values(), on=received_at)
    return complaint


def invite(house, departments, *, by, complaint):
    """Rules that say so ask these departments to take part at the property: once. Who answered no or left is asked
    again only by hand."""
    if house.is_retired:
        return
    known = set(house.participations.values_list("department", flat=True)) | {house.lead_department_id}
    for department in departments:
        if department.pk not in known:
            participate(
                house, department, by=by, question=f"Beschwerde {complaint.number}: {complaint.title}"
            )


@transaction.atomic
def link_complaint(complaint, house, *, by, kind=ComplaintLink.Kind.HINT, reason="") -> ComplaintLink:
    """Note what a complaint has to do with a property; an existing link keeps and only changes its meaning."""
    with acting_as(by):
        link = ComplaintLink.objects.filter(complaint=complaint, property=house).first()
        if link is None:
            link = ComplaintLink(complaint=complaint, property=house)
        elif link.kind == kind:
            return link
        link.kind = kind
        link.save(reason=reason)
    return link


@transaction.atomic
def refer(complaint, *, by, proceeding=None, inspection=None, kind, reason="") -> ComplaintReference:
    """Note that a complaint led to a proceeding or inspection, or came out of it. What `by` may not read, she
    cannot name either."""
    other = proceeding or inspection
    if other is None or (proceeding and inspection):
        raise ValidationError("Bitte wählen Sie ein Verfahren oder eine Kontrolle.")
    if not type(other).objects.restrict(by, "view").filter(pk=other.pk).exists():
        raise PermissionDenied
    with acting_as(by):
        complaint.lock()
        row = ComplaintReference.objects.filter(
            complaint=complaint, proceeding=proceeding, inspection=inspection
        ).first() or ComplaintReference(complaint=complaint, proceeding=proceeding, inspection=inspection)
        if not row._state.adding and row.kind == kind and row.ended_on is None:
            return row
        row.kind, row.ended_on, row.ended_because = kind, None, ""
        row.save(reason=reason)
    return row


@transaction.atomic
def open_property_from(complaint, *, by, problem_areas, lead_department=None):
    """Open a property for the address of a complaint, with what is suspected there; involved departments are asked."""
    if complaint.address is None:
        raise ValidationError(
            "Ohne amtliche Anschrift lässt sich kein Objekt anlegen. Bitte tragen Sie zuerst die Anschrift ein."
        )
    day = local_date(complaint.received_at)
    lead = lead_department or complaint.department
    with acting_as(by):
        house = open_property(
            complaint.address,
            by=by,
            lead_department=lead,
            problem_areas=[{"kind": kind, "text": complaint.title} for kind in problem_areas],
            on=day,
            reason=f"Beschwerde {complaint.number}",
        )
        link_complaint(complaint, house, by=by, kind=ComplaintLink.Kind.CAUSE)
        for row in complaint.involvements.select_related("department"):
            if row.department_id != lead.pk:
                participate(
                    house,
                    row.department,
                    by=by,
                    question=f"Beschwerde {complaint.number}: {complaint.title}",
                    on=day,
                )
    return house


@transaction.atomic
def involve(complaint, department, *, by):
    """Tell one more department about a complaint."""
    with acting_as(by):
        if department.pk == complaint.department_id:
            raise ValidationError(f"{department} ist schon zuständig.")
        row, new = ComplaintInvolvement.objects.get_or_create(complaint=complaint, department=department)
        if new:
            notices.complaint_routed(complaint, [department])
    return row


@transaction.atomic
def set_topics(complaint, categories, *, by, reason=""):
    """Make `categories` those of the complaint."""
    wanted = {row.pk: row for row in categories}
    with acting_as(by):
        for topic in complaint.topics.all():
            if topic.category_id not in wanted:
                topic.delete(reason=reason)
            wanted.pop(topic.category_id, None)
        for category in wanted.values():
            ComplaintTopic(complaint=complaint, category=category).save(reason=reason)
