"""Offers, persons, contacts and cases. `CaseFactory` goes through the service, so numbers and episodes are real."""

from datetime import timedelta

import factory
from django.utils import timezone

from cases import services
from cases.models import Contact, FundingPeriod, Household, Offer, Person, Site, Topic

from .core import AuditedFactory, DepartmentFactory, UserFactory, somebody


class OfferFactory(AuditedFactory):
    class Meta:
        model = Offer

    name = factory.Sequence(lambda n: f"Angebot {n}")
    prefix = factory.Sequence(lambda n: "A" + "".join(chr(65 + (n // 26**i) % 26) for i in (2, 1, 0)))
    kind = Offer.Kind.CONTACT_POINT
    carrier = factory.SubFactory(DepartmentFactory)
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=800))


class SiteFactory(AuditedFactory):
    class Meta:
        model = Site

    offer = factory.SubFactory(OfferFactory)
    name = "Anlaufstelle Wanne"


class FundingPeriodFactory(AuditedFactory):
    class Meta:
        model = FundingPeriod

    offer = factory.SubFactory(OfferFactory)
    programme = "EhAP Plus"
    amount = 250_000
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=600))
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=200))


class TopicFactory(AuditedFactory):
    class Meta:
        model = Topic

    code = factory.Sequence(lambda n: f"thema-{n}")
    name = factory.Sequence(lambda n: f"Thema {n}")


class PersonFactory(AuditedFactory):
    """A recorded person with the consent to her own carrier."""

    class Meta:
        model = Person

    given_name = "Ionela"
    family_name = factory.Sequence(lambda n: f"Marinescu{n}")
    birth_year = 1991
    first_language = "ro"
    german = Person.German.LITTLE
    own_department = factory.SubFactory(DepartmentFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        by = kwargs.pop("by", None)
        signed_on = kwargs.pop("signed_on", timezone.localdate() - timedelta(days=400))
        with somebody():
            return services.record_person(
                model_class(*args, **kwargs), by=by or UserFactory(), signed_on=signed_on
            )


class HouseholdFactory(AuditedFactory):
    class Meta:
        model = Household

    department = factory.SubFactory(DepartmentFactory)
    adults = 2
    children = 3


class ContactFactory(AuditedFactory):
    class Meta:
        model = Contact

    offer = factory.SubFactory(OfferFactory)
    topic = factory.SubFactory(TopicFactory)
    language = "ro"
    channel = Contact.Channel.IN_PERSON
    minutes = 15
    recorded_by = factory.SubFactory(UserFactory)


class CaseFactory(AuditedFactory):
    """`state="active"` or `"closed"` takes the real steps."""

    class Meta:
        model = services.Case

    offer = factory.SubFactory(OfferFactory)
    lead = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        state = kwargs.pop("state", "clearing")
        with somebody():
            by = kwargs.pop("by", None) or kwargs["lead"]
            person = kwargs.pop("person", None) or PersonFactory(own_department=kwargs["offer"].carrier)
            case = services.open_case(by=by, person=person, **kwargs)
            if state != "clearing":
                case.activate(by=by, on=case.opened_on)
            if state == "waiting":
                case.wait(by=by, waiting_for="freien Platz", on=case.opened_on)
            if state == "closed":
                case.close(by=by, close_reason="goals", outcome="improved", on=case.opened_on)
            return case
