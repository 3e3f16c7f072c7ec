"""All an owner holds and what runs there, by the rights of the reader. Closed matters of others are counted only."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils import timezone

from objects.proceedings.models import Claim, Measure, Order, OrderItem, Proceeding
from objects.proceedings.models.claims import Balance
from objects.proceedings.selectors import balance_of
from objects.register.models import Ownership, Party, Property

SHOWN = 100
LISTED = 25


@dataclass
class Portfolio:
    rows: list  # current rights with their property, at most SHOWN
    total: int
    ended: list
    dwellings: int = 0
    pressing: int = 0
    measures: list = field(default_factory=list)
    measures_open: int = 0
    measures_overdue: int = 0
    measures_hidden: int = 0
    proceedings: list = field(default_factory=list)
    proceedings_open: int = 0
    proceedings_hidden: int = 0
    items: list = field(default_factory=list)
    money: Balance | None = None  # None: the reader may not know of proceedings at all
    unclaimed: Decimal = Decimal(0)  # fees named in his orders that nobody entered as a claim yet
    nameless: Decimal = Decimal(0)  # open at his houses, without a debtor by name

    @property
    def more(self):
        return max(self.total - len(self.rows), 0)


def identities(party) -> list:
    """The entry and those that went up in it: orders keep the name they were written to."""
    return [party.pk, *Party.objects.filter(merged_into=party).order_by().values_list("pk", flat=True)]


def portfolio_of(party, *, user) -> Portfolio:
    """Everything on the page of an owner in a fixed number of queries."""
    rights = Ownership.objects.restrict(user, "view").filter(party=party)
    current = rights.current().filter(
        property__in=Property.objects.restrict(user, "view").order_by().values("pk")
    )
    shown = current.select_related("property__summary").order_by("property__serial", "role")
    houses = current.filter(property__retired_on=None).order_by().values("property")
    figures = Property.objects.filter(pk__in=houses).aggregate(
        flats=Sum("dwellings_count"), hot=Count("pk", filter=Q(summary__pressure=3))
    )
    result = Portfolio(
        rows=list(shown[:SHOWN]), total=current.count(),
        ended=list(rights.exclude(pk__in=current.order_by().values("pk")).filter(until__isnull=False)
                   .select_related("property").order_by("-until")[:LISTED]),
        dwellings=figures["flats"] or 0, pressing=figures["hot"],
    )  # fmt: skip
    if user.may("proceeding.view"):
        _work(result, houses, user)
        _orders(result, party, houses, user)
    return result


def _work(result, houses, user):
    today = timezone.localdate()
    measures = Measure.objects.restrict(user).open().filter(property__in=houses)
    result.measures = list(
        measures.select_related("property", "department").order_by("due_on", "id")[:LISTED]
    )
    counts = measures.order_by().aggregate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    result.measures_open, result.measures_overdue = counts["n"], counts["late"]
    result.measures_hidden = Measure.objects.open().filter(property__in=houses).hidden_from(user).count()
    running = Proceeding.objects.filter(property__in=houses, closed_on=None)
    mine = running.restrict(user)
    result.proceedings = list(
        mine.select_related("property", "department", "legal_basis").order_by("-opened_on", "-id")[:LISTED]
    )
    result.proceedings_open = mine.count()
    result.proceedings_hidden = running.hidden_from(user).count()


def _orders(result, party, houses, user):
    """Open items of orders to this owner, and his account; sums over what the reader may read."""
    ids = identities(party)
    orders = Order.objects.restrict(user).filter(
        Q(addressee__in=ids) | Q(addressee=None, proceeding__property__in=houses)
    )
    items = OrderItem.objects.filter(order__in=orders.order_by().values("pk"))
    result.items = list(
        items.open().select_related("order__proceeding__property").order_by("due_on", "id")[:LISTED]
    )
    bare = items.filter(fee__gt=0).exclude(claims__kind=Claim.Kind.FEE)
    result.unclaimed = bare.order_by().aggregate(n=Sum("fee"))["n"] or Decimal(0)
    result.money = balance_of(ids, user=user)
    claims = Claim.objects.restrict(user).filter(party=None, proceeding__property__in=houses)
    result.nameless = claims.open_sum()
