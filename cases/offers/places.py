"""How full offers are. Who does not belong to the carrier reads no number below five."""

from django.conf import settings
from django.db.models import Count, IntegerField, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from .models import FundingPeriod, Offer


def with_places(offers, today):
    """Annotates `occupied` (active cases), `waiting` (waiting cases) and `funding_until`; by subqueries."""
    from ..casework.models import Case

    def number(**states):
        rows = Case.objects.filter(offer=OuterRef("pk"), **states).order_by().values("offer")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)

    funding = (
        FundingPeriod.objects.filter(Q(starts_on__lte=today), offer=OuterRef("pk")).order_by().values("offer")
    )
    return offers.annotate(
        occupied=number(state=Case.State.ACTIVE),
        waiting=number(state=Case.State.WAITING),
        funding_until=Subquery(funding.annotate(last=Max("ends_on")).values("last")),
    )


def threshold():
    return getattr(settings, "SOE_PROTECT_PERSONS", 5)


def protected(count, own) -> str:
    """The number for the carrier's own people; „unter 5“ for others when it is small."""
    return str(count) if own or count == 0 or count >= threshold() else f"unter {threshold()}"


def own_offers(user, permission="contact.record"):
    """Offers of carriers for which the user holds `permission`."""
    from soe.departments.scope import departments_granting

    return Offer.objects.filter(carrier__in=departments_granting(user, permission))
