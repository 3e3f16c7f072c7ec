"""Keeping the summary of a party right: after its own change, a right that began or ended, or a changed property."""

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from soe.web.folding import norm

from .models.parties import Ownership, Party
from .models.party_summary import PartySummary

BATCH = 1000
HOME = ("", "deutschland", "d", "de", "bundesrepublikdeutschland")


HOME_CITY = settings.SOE_CITY.removeprefix("Stadt ")


def lives_away(party) -> bool:
    """Whether letters leave the city; False when nothing is known."""
    if norm(party.country) not in HOME:
        return True
    return bool(party.city) and not norm(party.city).startswith(norm(HOME_CITY))


def refresh(party_ids):
    """Recompute the summaries of these parties from the audited rows."""
    ids = list(dict.fromkeys(pk for pk in party_ids if pk))
    for start in range(0, len(ids), BATCH):
        _refresh(ids[start : start + BATCH])


def _refresh(ids):
    held = (
        Ownership.objects.current()
        .filter(party__in=ids, property__retired_on=None)
        .order_by()
        .values("party")
        .annotate(
            n=Count("property", distinct=True),
            hot=Count("property", distinct=True, filter=Q(property__summary__pressure=3)),
        )
    )
    counts = {row["party"]: (row["n"], row["hot"]) for row in held}
    links = open_links(ids)
    rows = []
    for party in Party.objects.filter(pk__in=ids):
        stock, pressing = counts.get(party.pk, (0, 0))
        rows.append(
            PartySummary(
                party=party, standing=party.merged_into_id is None, name=party.name, stock=stock, pressing=pressing,
                links=links.get(party.pk, 0), away=lives_away(party),
            )
        )  # fmt: skip
    fields = [field.name for field in PartySummary._meta.concrete_fields if not field.primary_key]
    with transaction.atomic():
        PartySummary.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["party"], update_fields=fields
        )


def open_links(ids) -> dict:
    """{party id: number of suspected links that wait for a decision}"""
    link = apps.get_model("objects", "PartyLink")
    found: dict = {}
    for side in ("one", "other"):
        rows = link.objects.filter(state="suggested", **{f"{side}__in": ids}).order_by().values_list(side)
        for pk, number in rows.annotate(n=Count("pk")):
            found[pk] = found.get(pk, 0) + number
    return found


def follow(property_ids):
    """The stand or the pressure of these properties moved: so did the counts of everybody with a right in them."""
    held = Ownership.objects.filter(property__in=property_ids).order_by()
    refresh(held.values_list("party", flat=True).distinct())


def refresh_all(run=None):
    """Every night: rights begin and end by their date, without anybody saving."""
    refresh(Party.objects.order_by("pk").values_list("pk", flat=True))
