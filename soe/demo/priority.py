"""Points of all properties, hints of departments, early warnings: what the nights would have made of the stories."""

from objects.priority.defaults import ensure_score_rules
from objects.priority.scoring import recompute_all
from objects.register.selectors import find_property_by_address
from objects.warning.defaults import ensure_warning_rules
from objects.warning.models import EarlyWarning, RiskHint
from objects.warning.services import dismiss, evaluate
from soe.audit.context import acting_as

# kind, who tells, street, number, days ago, basis
HINTS = [
    (
        "energy",
        "wohnungsaufsicht",
        "Kauenkettenweg",
        21,
        20,
        "Vereinbarung mit dem Energieversorger vom 02.03.2026",
    ),
    ("levies", "quartiere", "Haspelknechtweg", 9, 45, "§ 31 AO, Anfrage der Stabsstelle"),
    ("vacancy", "ordnung", "Markenstubengasse", 12, 12, ""),
    ("vacancy", "bauordnung", "Kohlenhobelweg", 33, 70, ""),
]


def build(city):
    ensure_score_rules(reason="Demostadt")
    ensure_warning_rules(reason="Demostadt")
    for kind, code, street, number, days, basis in HINTS:
        address = city.house_at(street, number)
        house = find_property_by_address(address)
        place = {"property": house} if house else {"address": address}
        with acting_as(city.users[code]):
            RiskHint(
                kind=kind, department=city.departments[code], observed_on=city.ago(days), basis=basis, **place
            ).save()
    evaluate(city.today)
    first = EarlyWarning.objects.open().exclude(address=None).order_by("address_id").first()
    if first is not None:
        dismiss(
            first, by=city.users["koordination"], reason="Das Haus wird saniert, der Eigentümer ist bekannt."
        )
    recompute_all()
    city.say(f"Frühwarnungen: {EarlyWarning.objects.count()}")
