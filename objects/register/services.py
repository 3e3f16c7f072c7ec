"""What other areas ask the register to do. Dates are parameters, so that what happened earlier can be entered."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from objects import notices
from objects.replies.models import Subject
from objects.replies.services import reply_by
from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition

from .models import (
    Assessment,
    Goal,
    Note,
    Ownership,
    Participation,
    Party,
    ProblemArea,
    Property,
    PropertyAddress,
)
from .selectors import find_property_by_address


@transaction.atomic
def open_property(
    address,
    *,
    by,
    lead_department,
    problem_areas=(),
    on: date | None = None,
    text: str = "",
    district: str = "",
    reason: str = "",
    **facts,
) -> Property:
    """Take a house into the register, with what is suspected there.

    `address`: an official Address, or None with `text` (and `district`). `problem_areas`: kinds, or dicts with
    `kind`, `text`, `severity`. `facts`: building_type, former_use, occupancy_state, dwellings_count.
    Raises ValidationError when the address belongs to a property already.
    """
    on = on or timezone.localdate()
    if address is not None and (known := find_property_by_address(address)):
        raise ValidationError(f"{address.line} steht schon im Kataster: {known.number}.")
    if on > timezone.localdate():
        raise ValidationError("Die Aufnahme kann nicht in der Zukunft liegen.")
    with acting_as(by):
        house = Property(
            title=address.line if address else text,
            district=district or (address.district if address else ""),
            lead_department=lead_department,
            registered_on=on,
            **facts,
        )
        house.save(reason=reason)
        add_address(house, address, by=by, text=text, district=district, primary=True)
        for entry in problem_areas:
            values = entry if isinstance(entry, dict) else {"kind": entry}
            report_problem(house, by=by, department=lead_department, on=on, **values)
    return house


@transaction.atomic
def add_address(house, address, *, by, text="", district="", postcode="", primary=False, reason=""):
    """One more house number of a property; the first one is the main address."""
    with acting_as(by):
        house.lock()
        current = house.addresses.current()
        first = not current.exists()
        if primary and not first:
            for row in current.filter(primary=True):
                row.primary = False
                row.save(reason=reason)
        row = PropertyAddress(
            property=house,
            address=address,
            text="" if address else text,
            district=district,
            postcode=postcode,
            primary=primary or first,
        )
        row.full_clean(exclude=["property"])
        row.save(reason=reason)
        house.read_addresses(reason=reason)
    return row


@transaction.atomic
def end_address(row, *, by, reason, on=None):
    """A house number no longer belongs to the property; the last one stays."""
    with acting_as(by):
        house = row.property.lock()
        others = house.addresses.current().exclude(pk=row.pk)
        if not others.exists():
            raise ValidationError("Das ist die letzte Anschrift des Objekts; sie kann nicht entfallen.")
        row.lock()
        was_primary, row.primary, row.ended_on = row.primary, False, on or timezone.localdate()
        row.save(reason=reason)
        if was_primary:
            heir = others.order_by("sort", "created_at").first()
            heir.primary = True
            heir.save(reason=reason)
        house.read_addresses(reason=reason)


@transaction.atomic
def report_problem(house, *, by, department, kind, on=None, text="", severity=2, reason="") -> ProblemArea:
    """Note a suspicion. An open problem area of the same kind is returned as it is."""
    with acting_as(by):
        house.lock()
        _must_stand(house)
        known = house.problem_areas.open().filter(kind=kind).first()
        if known:
            return known
        row = ProblemArea(
            property=house,
            kind=kind,
            text=text,
            severity=severity,
            department=department,
            suspected_on=on or timezone.localdate(),
        )
        row.save(reason=reason)
    return row


def assess(house, *, by, department, pressure, pressure_reason, room, room_reason, on=None, reason=""):
    """Set the traffic light; earlier ones stay."""
    with transaction.atomic(), acting_as(by):
        house.lock()
        _must_stand(house)
        row = Assessment(
            property=house,
            department=department,
            pressure=pressure,
            pressure_reason=pressure_reason,
            room=room,
            room_reason=room_reason,
            on=on or timezone.localdate(),
        )
        row.full_clean(exclude=["property"])
        row.save(reason=reason)
    return row


def set_goal(
    house, *, by, aim, department, next_review, stage=1, lever="", blocker="", on=None, reason=""
) -> Goal:
    """Give the property a new goal; the one before ends as replaced."""
    on = on or timezone.localdate()
    if next_review <= on:
        raise ValidationError({"next_review": "Die Überprüfung muss nach der Festlegung liegen."})
    with transaction.atomic(), acting_as(by):
        house.lock()
        _must_stand(house)
        before = house.goals.current().first()
        if before:
            if on < before.set_on:
                raise ValidationError("Das jetzige Ziel wurde später festgelegt.")
            before.end(by=by, outcome=Goal.Outcome.REPLACED, reason=reason or "neues Ziel", on=on)
        goal = Goal(
            property=house,
            aim=aim,
            stage=stage,
            lever=lever,
            blocker=blocker,
            department=department,
            next_review=next_review,
            set_on=on,
        )
        goal.save(reason=reason)
    return goal


def participate(house, department, *, by, question="", on=None, accepted=False, reason="") -> Participation:
    """Ask a department to take part (or note that it already does). Returns the running one if there is one."""
    on = on or timezone.localdate()
    with transaction.atomic(), acting_as(by):
        house.lock()
        _must_stand(house)
        if department.pk == house.lead_department_id:
            raise ValidationError(f"{department} hat die Federführung und ist damit schon beteiligt.")
        known = house.participations.running().filter(department=department).first()
        if known is None:
            known = Participation(
                property=house,
                department=department,
                question=question,
                offered_on=on,
                answer_due=None if accepted else reply_by(Subject.PARTICIPATION, on),
            )
            known.save(reason=reason)
            if not accepted:
                notices.participation_asked(known)
        if accepted and known.state == Participation.State.OFFERED:
            known.accept(by=by, reason=reason, on=max(on, known.offered_on))
    return known


def add_note(house, *, by, department, subject, text="", visibility=None, at=None) -> Note:
    """Write an entry about a property; without `visibility` the usual one of the department."""
    with acting_as(by):
        note = Note(
            property=house,
            department=department,
            author=by,
            subject=subject,
            text=text,
            visibility=visibility or department.default_visibility,
            at=at or timezone.now(),
        )
        note.save()
    return note


def add_owner(house, party: Party, *, by, role="owner", since=None, share=(None, None), source="", reason=""):
    with transaction.atomic(), acting_as(by):
        row = Ownership(
            property=house,
            party=party,
            role=role,
            numerator=share[0],
            denominator=share[1],
            since=since,
            source=source,
        )
        row.full_clean(exclude=["property", "party"])
        row.save(reason=reason)
    return row


def _must_stand(house):
    if house.is_retired:
        raise ValidationError(
            f"{house.number} ist abgeschlossen. Bitte nehmen Sie das Objekt zuerst wieder auf."
        )


@transaction.atomic
def end_part(row, *, by, reason, on=None):
    """A parcel or dwelling no longer belongs to the property; the row stays with its last day."""
    with acting_as(by):
        row.lock()
        if row.ended_on is not None:
            raise IllegalTransition("entfallen", "entfallen")
        row.ended_on = on or timezone.localdate()
        row.save(reason=reason)
