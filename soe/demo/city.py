"""The stage: organisation, accounts, invented streets, and what each area starts with."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from pyproj import Transformer

from cases.services import ensure_topics
from objects.addresses.models import Address, Street
from objects.complaints.defaults import ensure_complaint_defaults
from objects.complaints.models import ComplaintCategory
from objects.geo.districts import draw_hulls
from objects.inspections.defaults import set_up_inspections
from objects.proceedings.defaults import ensure_legal_bases
from objects.proceedings.models import LegalBasis
from soe.accounts.models import User
from soe.departments.models import Department, Membership, Role
from soe.departments.services import set_up_city
from soe.web.letters.defaults import ensure_letter_templates

from .accounts import DEPARTMENT_OF, PASSWORD, UNITS

# No real address is ever shown as a problem property: these streets do not exist in Herne; districts and PLZ do.
# name, district, PLZ, centre in EPSG:25832
STREETS = [
    ("Lampenstubenweg", "Wanne", "44649", 372100, 5711300),
    ("Kohlenwäschestraße", "Wanne", "44649", 372450, 5711050),
    ("Wetterschachtgasse", "Wanne", "44649", 371800, 5711600),
    ("Förderkorbzeile", "Wanne", "44653", 371400, 5712300),
    ("Blindschachtweg", "Wanne", "44653", 371900, 5712700),
    ("Kettenbahnweg", "Wanne", "44649", 372700, 5712000),
    ("Seilscheibenring", "Eickel", "44651", 371500, 5709900),
    ("Lorenkippe", "Eickel", "44651", 371900, 5709500),
    ("Kauenkettenweg", "Eickel", "44651", 371100, 5709300),
    ("Markenstubengasse", "Eickel", "44652", 370700, 5710200),
    ("Bergekippenring", "Eickel", "44651", 372200, 5710100),
    ("Grubenpferdgasse", "Herne-Mitte", "44623", 376300, 5712500),
    ("Waschkauenallee", "Herne-Mitte", "44623", 376700, 5712200),
    ("Stempelholzstraße", "Herne-Mitte", "44625", 375800, 5711500),
    ("Querschlagzeile", "Herne-Mitte", "44629", 376100, 5713600),
    ("Schachthutweg", "Herne-Mitte", "44625", 375300, 5711100),
    ("Kohlenhobelweg", "Herne-Mitte", "44623", 376900, 5712900),
    ("Haspelknechtweg", "Sodingen", "44627", 379000, 5712300),
    ("Hängebankstraße", "Sodingen", "44627", 379400, 5711900),
    ("Sumpfstreckenweg", "Sodingen", "44627", 378700, 5711500),
    ("Teufkübelgasse", "Sodingen", "44628", 379800, 5713200),
    ("Wetterlampenring", "Sodingen", "44627", 380100, 5712000),
    ("Gezähekistenweg", "Sodingen", "44628", 379200, 5713700),
    ("Seilfahrtallee", "Wanne", "44649", 373000, 5711500),
]
HOUSES = range(1, 46)


@dataclass
class City:
    """What the parts of the demo hand to each other. `today` anchors every date; `rng` makes the run repeatable."""

    today: date
    rng: random.Random
    scale: float
    say: object
    departments: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    categories: dict = field(default_factory=dict)
    legal: dict = field(default_factory=dict)
    addresses: list = field(default_factory=list)
    properties: list = field(default_factory=list)
    offers: dict = field(default_factory=dict)
    cases: list = field(default_factory=list)

    def count(self, number) -> int:
        return max(1, round(number * self.scale))

    def ago(self, days) -> date:
        return self.today - timedelta(days=days)

    def moment(self, day, hour=9, minute=0) -> datetime:
        return timezone.make_aware(datetime.combine(day, time(hour, minute)))

    def clerk(self, department):
        """Somebody who works in `department` (code or Department)."""
        code = department if isinstance(department, str) else department.code
        return self.users[code]

    def house_at(self, street, number):
        return next(
            a for a in self.addresses if a.street.name == street and a.number == number and not a.suffix
        )


def build(city: City):
    set_up_city(reason="Demostadt")
    city.departments = {d.code: d for d in Department.objects.all()}
    _accounts(city)
    ensure_complaint_defaults(reason="Demostadt")
    ensure_letter_templates(reason="Demostadt")
    ensure_legal_bases(reason="Demostadt")
    set_up_inspections(reason="Demostadt")
    ensure_topics(reason="Demostadt")
    city.categories = {c.code: c for c in ComplaintCategory.objects.all()}
    city.legal = {(b.law, b.paragraph): b for b in LegalBasis.objects.all()}
    _streets(city)


def _accounts(city):
    roles = {role.code: role for role in Role.objects.all()}
    hashed = make_password(PASSWORD)
    start = city.ago(900)
    for name, role, *people in UNITS:
        department = city.departments[DEPARTMENT_OF.get(name, name)]
        for suffix, person in zip(("", "2"), people, strict=True):
            first, _, last = person.rpartition(" ")
            user = User(
                username=f"{name}{suffix}",
                first_name=first,
                last_name=last,
                email=f"{name}{suffix}@soe-demo.example",
                password=hashed,
            )
            user.save(reason="Demostadt")
            Membership(user=user, department=department, role=roles[role], valid_from=start).save(
                reason="Demostadt"
            )
            city.users[user.username] = user
    # One running deputyship, so that the pages that name it have something to name.
    Membership(
        user=city.users["wohnungsaufsicht"],
        department=city.departments["wohnungsaufsicht"],
        role=roles["leitung"],
        valid_from=city.ago(5),
        valid_until=city.today + timedelta(days=9),
        deputy_for=city.users["wohnungsaufsicht2"],
    ).save(reason="Vertretung im Urlaub")


def _streets(city):
    to_wgs84 = Transformer.from_crs(25832, 4326, always_xy=True)
    key = settings.SOE_MUNICIPALITY_KEY
    last = Street.objects.order_by("-id").values_list("id", flat=True).first() or 0
    streets, addresses = [], []
    copies = max(1, round(city.scale))
    for copy in range(copies):
        for index, (name, district, postcode, east, north) in enumerate(STREETS):
            street = Street(
                id=last + len(streets) + 1,
                municipality=key,
                municipality_name="Herne",
                code=f"D{copy:02d}{index:02d}"[:5],
                name=name if copy == 0 else f"{name} {copy + 1}. Zeile",
            ).fold()
            streets.append(street)
            angle = city.rng.random()
            for number in HOUSES:
                for suffix in ("", "a") if number in (12, 14, 27) else ("",):
                    x = east + copy * 40 + number * 8 * angle + (12 if number % 2 else 0)
                    y = north + number * 8 * (1 - angle)
                    longitude, latitude = to_wgs84.transform(x, y)
                    addresses.append(
                        Address(
                            street=street, number=number, suffix=suffix, postcode=postcode, district=district,
                            official_id=f"DEMO{copy:02d}{index:02d}{number:03d}{suffix}", quality="A",
                            easting=x, northing=y, longitude=longitude, latitude=latitude,
                        )
                    )  # fmt: skip
    from django.db.models import QuerySet

    QuerySet(Street).bulk_create(streets)
    QuerySet(Address).bulk_create(addresses, batch_size=2000)
    city.addresses = addresses
    draw_hulls()
    city.say(f"{len(streets)} Straßen, {len(addresses)} Anschriften")
