"""Houses with what belongs to them; traits name the situations that rules are about."""

from datetime import date, timedelta

import factory
from django.utils import timezone

from objects.models import (
    Address,
    Assessment,
    Building,
    Dwelling,
    Goal,
    Note,
    Ownership,
    Parcel,
    Participation,
    Party,
    ProblemArea,
    Property,
    PropertyAddress,
    Street,
)

from .core import AuditedFactory, DepartmentFactory, UserFactory, somebody


class StreetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Street
        django_get_or_create = ("municipality", "code")

    municipality = "05916000"
    municipality_name = "Herne"
    code = factory.Sequence(lambda n: f"{n % 100000:05}")
    name = factory.Sequence(lambda n: f"Lampenstubenweg {'abcdefghij'[n % 10]}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        street = model_class(**kwargs).fold()
        street.save()
        return street


class AddressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Address

    street = factory.SubFactory(StreetFactory)
    number = factory.Sequence(lambda n: n % 200 + 1)
    suffix = ""
    postcode = "44649"
    district = "Wanne"
    easting = 374312.1
    northing = 5712497.3
    longitude = 7.2
    latitude = 51.54


class PropertyFactory(AuditedFactory):
    """A house with one address, unless `address=None`."""

    class Meta:
        model = Property
        skip_postgeneration_save = True

    title = "ohne Anschrift"
    lead_department = factory.SubFactory(DepartmentFactory)
    registered_on = date(2025, 3, 4)
    dwellings_count = 12

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        address = kwargs.pop("address", ...)
        house = super()._create(model_class, *args, **kwargs)
        if address is not None:
            PropertyAddressFactory(
                property=house, address=AddressFactory() if address is ... else address, primary=True
            )
            with somebody():
                house.read_addresses()
        return house


class PropertyAddressFactory(AuditedFactory):
    class Meta:
        model = PropertyAddress

    property = factory.SubFactory(PropertyFactory, address=None)
    address = factory.SubFactory(AddressFactory)


class ParcelFactory(AuditedFactory):
    class Meta:
        model = Parcel

    property = factory.SubFactory(PropertyFactory)
    key = factory.Sequence(lambda n: f"052417012{n % 100000:05}______")


class BuildingFactory(AuditedFactory):
    class Meta:
        model = Building

    property = factory.SubFactory(PropertyFactory)
    name = factory.Sequence(lambda n: f"Haus {n}")


class DwellingFactory(AuditedFactory):
    class Meta:
        model = Dwelling

    property = factory.SubFactory(PropertyFactory)
    location = factory.Sequence(lambda n: f"{n}. OG links")


class ProblemAreaFactory(AuditedFactory):
    class Meta:
        model = ProblemArea

    class Params:
        confirmed = factory.Trait(state="confirmed", confirmed_on=date(2026, 5, 2))
        resolved = factory.Trait(state="resolved", resolved_on=date(2026, 6, 2), outcome="fixed")

    property = factory.SubFactory(PropertyFactory)
    kind = ProblemArea.Kind.HOUSING
    department = factory.SelfAttribute("property.lead_department")
    suspected_on = date(2026, 4, 2)


class AssessmentFactory(AuditedFactory):
    class Meta:
        model = Assessment

    property = factory.SubFactory(PropertyFactory)
    pressure = 3
    pressure_reason = "Heizung ausgefallen, Kinder im Haus"
    room = 1
    room_reason = "Eigentümerin nicht erreichbar"
    on = date(2026, 9, 8)
    department = factory.SelfAttribute("property.lead_department")


class GoalFactory(AuditedFactory):
    class Meta:
        model = Goal

    class Params:
        overdue = factory.Trait(
            next_review=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=6))
        )

    property = factory.SubFactory(PropertyFactory)
    aim = "Mindeststandard herstellen oder Verkauf an Wohnungsgesellschaft"
    stage = 4
    lever = "Zwangsgeld"
    department = factory.SelfAttribute("property.lead_department")
    set_on = date(2026, 3, 1)
    next_review = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))


class ParticipationFactory(AuditedFactory):
    class Meta:
        model = Participation

    class Params:
        accepted = factory.Trait(state="accepted", decided_on=date(2026, 9, 3))
        declined = factory.Trait(
            state="declined", decided_on=date(2026, 9, 3), reason="Dafür ist Umwelt zuständig."
        )
        closed = factory.Trait(
            state="accepted",
            decided_on=date(2026, 9, 3),
            closed_on=date(2026, 10, 1),
            closing="done",
            closed_reason="Alle Auflagen erfüllt",
        )

    property = factory.SubFactory(PropertyFactory)
    department = factory.SubFactory(DepartmentFactory)
    offered_on = date(2026, 9, 1)


class NoteFactory(AuditedFactory):
    class Meta:
        model = Note

    property = factory.SubFactory(PropertyFactory)
    department = factory.SelfAttribute("property.lead_department")
    author = factory.SubFactory(UserFactory)
    subject = "Gespräch mit dem Verwalter"
    text = "Sagt zu, die Heizung bis Freitag zu reparieren."
    visibility = "open"


class PartyFactory(AuditedFactory):
    class Meta:
        model = Party

    kind = Party.Kind.COMPANY
    name = factory.Sequence(lambda n: f"Hallenbach Grundbesitz {n} GmbH")


class OwnershipFactory(AuditedFactory):
    class Meta:
        model = Ownership

    property = factory.SubFactory(PropertyFactory)
    party = factory.SubFactory(PartyFactory)
    role = Ownership.Role.OWNER
    since = date(2022, 1, 1)
