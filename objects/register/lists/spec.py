"""`import_properties`: which rows are new, which belong to a property already, and how they are written."""

from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from soe.accounts.models import SYSTEM_USERNAME
from soe.audit import bulk
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.folding import norm
from soe.web.imports import cells
from soe.web.imports.spec import ImportSpec, RowError, codes_of, reach

from .. import services
from ..bulk import open_properties
from ..forms.base import departments_that_act
from ..models import Assessment, Note, Ownership, ProblemArea, Property, PropertyAddress
from ..models.properties import number_of
from ..selectors import districts
from ..summaries import refresh
from . import numbers, places
from .columns import COLUMNS
from .parties import Parties

REASON = "aus einer Liste übernommen"
SUBJECT = "Aus der eingelesenen Liste"
FACTS = ("building_type", "former_use", "occupancy_state", "dwellings_count")
OWNERS = {"owner": Ownership.Role.OWNER, "manager": Ownership.Role.MANAGER}


class PropertyImport(ImportSpec):
    name, title, noun = "objekte", "Objekte des Katasters", "Objekte"
    lead = "Übernimmt eine vorhandene Liste von Problemimmobilien. Übliche Schreibweisen der Anschrift werden erkannt."
    permission = "register.change"
    after_url = "/objekte/"
    columns = COLUMNS

    # --- the row alone ----------------------------------------------------------------------------------------------

    def clean(self, values):
        street, tail, postcode = places.split(values["street"])
        given = values.get("house_numbers") or ""
        values["house_numbers"] = given or tail
        values["street"] = street
        values["postcode"] = values.get("postcode") or postcode
        district = values.get("district")
        if district:
            known = {norm(name): name for name in districts()}
            if norm(district) not in known:
                raise RowError(
                    "district",
                    f"„{district[:40]}“ ist kein Stadtbezirk. Möglich sind {', '.join(known.values())}.",
                )
            values["district"] = known[norm(district)]
        if (values.get("dwellings_count") or 0) < 0 or (values.get("dwellings_count") or 0) > 2000:
            raise RowError("dwellings_count", "Erwartet wird eine Zahl von 0 bis 2.000.")
        if values.get("unofficial"):
            if not district:
                raise RowError("district", "Ohne amtliche Anschrift ist der Stadtbezirk nötig.")
            values["wanted"] = []
            return
        if not values["house_numbers"]:
            raise RowError("house_numbers", "Die Hausnummer fehlt.")
        try:
            values["wanted"] = numbers.read(values["house_numbers"])
        except cells.CellError as error:
            raise RowError("house_numbers", str(error)) from None

    def identities(self, values):
        if values.get("unofficial"):
            return [("text", norm(_text(values)))]
        street = norm(values["street"])
        return [(street, *name) for one in values["wanted"] for name in one.all]

    # --- the row against the register -------------------------------------------------------------------------------

    def load(self, items, user):
        leads = _Leads(user)
        official = [item for item in items if not item.values.get("unofficial")]
        found = places.find(
            (i.values["street"], i.values["wanted"], i.values["postcode"], i.values.get("district"))
            for i in official
        )
        for item, place in zip(official, found, strict=True):
            item.values["addresses"] = place.addresses
            if place.reason:
                item.reject("Straße", place.reason)
            elif place.hint:
                item.changes.append(["", "", place.hint])
        good = [item for item in items if item.state != "rejected"]
        self._match(good)
        mine = set(
            reach(
                Property.objects.filter(pk__in=[i.obj.pk for i in good if i.obj]), user, "change"
            ).values_list("pk", flat=True)
        )
        taken: dict = {}
        for item in good:
            if item.state == "rejected":
                continue
            for address in item.values.get("addresses", ()):
                if taken.setdefault(address.pk, item.line) != item.line:
                    item.reject("Straße", f"{address.line} steht schon in Zeile {taken[address.pk]}.")
                    break
            if item.state == "rejected":
                continue
            if item.obj is None:
                leads.choose(item)
            elif item.obj.is_retired:
                item.reject(
                    "", f"{item.obj.number} ist abgeschlossen. Bitte nehmen Sie das Objekt zuerst wieder auf."
                )
            else:
                self._only_what_is_new(item)
                if item.obj.pk not in mine and any(
                    name in item.before and item.before[name] != value for name, value in item.values.items()
                ):
                    item.reject(
                        "", f"{item.obj.number} steht schon im Kataster und Sie dürfen es nicht ändern."
                    )
        Parties().check([item for item in good if item.state != "rejected"], OWNERS)

    def _match(self, items):
        """Set `item.obj` by address, and check it against the number."""
        ids = {address.pk for item in items for address in item.values.get("addresses", ())}
        texts = {_text(item.values) for item in items if item.values.get("unofficial")}
        rows = PropertyAddress.objects.current().select_related("property__lead_department")
        by_address = {row.address_id: row.property for row in rows.filter(address__in=ids)}
        by_text = {norm(row.text): row.property for row in rows.filter(address=None, text__in=texts)}
        named = {norm(item.values.get("number", "")): item for item in items if item.values.get("number")}
        by_number = {
            norm(h.number): h
            for h in Property.objects.filter(
                number__in=[i.values["number"].upper().strip() for i in named.values()]
            )
        }
        for item in items:
            values = item.values
            if values.get("unofficial"):
                found = {h.pk: h for h in [by_text.get(norm(_text(values)))] if h}
            else:
                found = {
                    by_address[a.pk].pk: by_address[a.pk] for a in values["addresses"] if a.pk in by_address
                }
            number = by_number.get(norm(values.get("number", "")))
            if number is not None and ((found and number.pk not in found) or not found):
                item.reject(
                    "Nummer",
                    f"{number.number} steht an anderer Stelle: {number.title}. Bitte prüfen Sie Nummer und Anschrift.",
                )
            elif len(found) > 1:
                item.reject(
                    "Hausnummer",
                    f"Sie gehören zu mehreren Objekten: {', '.join(sorted(h.number for h in found.values()))}.",
                )
            elif found:
                item.obj = next(iter(found.values()))
        self._read(items)

    def _read(self, items):
        """What stands in the properties found, in a fixed number of queries."""
        pks = {item.obj.pk for item in items if item.obj}
        kinds, rights, lines, notes = {}, {}, {}, set()
        for pk, kind in ProblemArea.objects.open().filter(property__in=pks).values_list("property", "kind"):
            kinds.setdefault(pk, set()).add(kind)
        for right in Ownership.objects.filter(property__in=pks, until=None).select_related("party"):
            rights.setdefault((right.property_id, right.role), []).append(right.party.name)
        for row in (
            PropertyAddress.objects.current().filter(property__in=pks).select_related("address__street")
        ):
            lines.setdefault(row.property_id, []).append(row)
        for pk, text in Note.objects.filter(property__in=pks, subject=SUBJECT).values_list(
            "property", "text"
        ):
            notes.add((pk, text))
        lights = dict(Property.objects.filter(pk__in=pks).values_list("pk", "summary__light"))
        for item in items:
            if house := item.obj:
                item.before = {name: getattr(house, name) for name in FACTS} | {
                    "problem_areas": tuple(
                        k for k in ProblemArea.Kind.values if k in kinds.get(house.pk, ())
                    ),
                    "owner": tuple(sorted(rights.get((house.pk, "owner"), ()))),
                    "manager": tuple(sorted(rights.get((house.pk, "manager"), ()))),
                    "house_numbers": tuple(row.line for row in lines.get(house.pk, ())),
                    "remark": "",
                    "light": (lambda n: (n // 10, n % 10) if n else None)(lights.get(house.pk)),
                }
                item.addresses_there = {row.address_id for row in lines.get(house.pk, ())}
                item.notes_there = {text for pk, text in notes if pk == house.pk}

    def _only_what_is_new(self, item):
        """An empty cell changes nothing; lists add to what is there and take nothing away."""
        values, before = item.values, item.before
        for name in FACTS:
            if values.get(name) in (None, "", "unknown"):
                values.pop(name, None)
        kinds = set(values.get("problem_areas") or ()) | set(before["problem_areas"])
        values["problem_areas"] = tuple(k for k in ProblemArea.Kind.values if k in kinds)
        for name in OWNERS:
            known = {norm(text) for text in before[name]}
            more = [text for text in values.get(name) or () if norm(text) not in known]
            values[name] = tuple(sorted((*before[name], *more)))
        fresh = [a for a in values.get("addresses", ()) if a.pk not in item.addresses_there]
        values["house_numbers"] = before["house_numbers"] + tuple(a.line for a in fresh)
        values["addresses"] = fresh
        light = values.get("light")
        if not light or (
            before["light"] and light[0] == before["light"][0] and light[1] in (None, before["light"][1])
        ):
            values["light"] = before["light"]
        text = _remark(values)
        values["remark"] = "" if text in item.notes_there else text

    def current(self, obj):
        return {}

    def changes(self, item):
        return [
            [self.label(name), self.shown(name, before), self.shown(name, item.values[name])]
            for name, before in item.before.items()
            if name in item.values and item.values[name] != before
        ]

    def shown(self, name, value):
        if name == "problem_areas":
            value = ", ".join(ProblemArea.Kind(kind).label for kind in value)
        elif name == "light" and value:
            value = f"Druck {value[0]}, Spielraum {value[1] or 'nicht angegeben'}"
        elif name in ("occupancy_state", "building_type") and value:
            value = dict(Property._meta.get_field(name).choices)[value]
        elif isinstance(value, tuple):
            value = "; ".join(value)
        return super().shown(name, value)

    # --- writing ----------------------------------------------------------------------------------------------------

    def apply(self, items, run):
        fresh = [item for item in items if item.obj is None and not item.values.get("unofficial")]
        rest = [item for item in items if item not in fresh]
        try:
            with transaction.atomic():
                self._open(fresh, run.user)
        except (IntegrityError, ValidationError):
            # Somebody else took one of these addresses meanwhile: one by one, so that only that row is rejected.
            rest = items
        super().apply(rest, run)

    def _open(self, items, user):
        if not items:
            return
        today = timezone.localdate()
        houses = open_properties(
            [
                {
                    "addresses": item.values["addresses"],
                    "lead_department": item.values["lead_department"],
                    "registered_on": item.values.get("registered_on") or today,
                    "problem_areas": item.values.get("problem_areas") or (),
                    **_facts(item.values),
                }
                for item in items
            ],
            reason=REASON,
        )
        parties, rights, lights, notes = Parties(), [], [], []
        parties.read(name for item in items for column in OWNERS for name in item.values.get(column) or ())
        for house, item in zip(houses, items, strict=True):
            for made, rows in zip(
                self._rows(house, item.values, user, parties), (rights, lights, notes), strict=True
            ):
                rows += made
        for rows in (rights, lights, notes):
            bulk.create(rows, reason=REASON)
        if lights:
            refresh([light.property_id for light in lights])

    def write(self, item, user):
        values, house = item.values, item.obj
        if house is None:
            addresses = values.get("addresses") or [None]
            house = services.open_property(
                addresses[0], by=user, lead_department=values["lead_department"],
                problem_areas=values.get("problem_areas") or (), on=values.get("registered_on"),
                text="" if addresses[0] else _text(values), district=values.get("district") or "", reason=REASON,
                **_facts(values),
            )  # fmt: skip
            for address in addresses[1:]:
                services.add_address(house, address, by=user, reason=REASON)
            self._extras(house, values, user, Parties())
            return
        facts = {
            name: values[name] for name in FACTS if name in values and values[name] != getattr(house, name)
        }
        if facts:
            house.lock()
            for name, value in facts.items():
                setattr(house, name, value)
            house.save(reason=REASON)
        for address in values["addresses"]:
            services.add_address(house, address, by=user, reason=REASON)
        for kind in set(values["problem_areas"]) - set(item.before["problem_areas"]):
            services.report_problem(
                house, by=user, department=house.lead_department, kind=kind, reason=REASON
            )
        fresh = {name: [n for n in values[name] if n not in item.before[name]] for name in OWNERS}
        light = values["light"] if values["light"] != item.before["light"] else None
        self._extras(house, values | fresh | {"light": light, "condition": "", "number": ""}, user, Parties())

    def _rows(self, house, values, user, parties):
        """Unsaved (rights, traffic lights, entries): the same for new properties and for those that were there."""
        rights = [
            Ownership(property=house, party=parties.get(text), role=role, source=SUBJECT)
            for name, role in OWNERS.items()
            for text in values.get(name) or ()
        ]
        lights, notes = [], []
        if light := values.get("light"):
            lights.append(
                Assessment(
                    property=house, department=_own(user, house), pressure=light[0], pressure_reason=SUBJECT,
                    room=light[1] or 2,
                    room_reason=SUBJECT if light[1] else f"{SUBJECT}: dort nicht angegeben, bitte bewerten",
                )
            )  # fmt: skip
        if text := _remark(values):
            at = timezone.make_aware(
                datetime.combine(values.get("registered_on") or timezone.localdate(), time(12))
            )
            department = _own(user, house)
            notes.append(
                Note(
                    property=house, department=department, author=user, subject=SUBJECT, text=text,
                    visibility=department.default_visibility, at=min(at, timezone.now()),
                )
            )  # fmt: skip
        return rights, lights, notes

    def _extras(self, house, values, user, parties):
        for rows in self._rows(house, values, user, parties):
            for row in rows:
                row.save(reason=REASON)


def _facts(values):
    return {name: values[name] for name in FACTS if values.get(name) not in (None, "")}


def _text(values):
    return f"{values['street']} {values.get('house_numbers') or ''}".strip()[:120]


def _remark(values):
    number = (values.get("number") or "").strip()
    own = number.upper().startswith(f"{number_of(0).split('-')[0]}-")
    parts = [
        values.get("remark") or "",
        f"Zustand: {values['condition']}" if values.get("condition") else "",
        # Numbers of the register's own are how the row was found; others are kept for whoever has the old list.
        f"Nummer in der Liste: {number}" if number and not own else "",
    ]
    return "\n".join(part for part in parts if part)


def _own(user, house):
    """In whose name the person writes: the lead if she belongs to it, else her own department."""
    if user.username == SYSTEM_USERNAME:
        return house.lead_department
    if not hasattr(user, "_writes_for"):
        own = Department.objects.filter(pk__in=departments_granting(user, "register.change"))
        user._writes_for = {department.pk: department for department in own}
    own = user._writes_for
    return own.get(house.lead_department_id) or next(iter(own.values()), house.lead_department)


class _Leads:
    """Who may be named as lead: as in the form for one property."""

    def __init__(self, user):
        own = Department.objects.filter(pk__in=departments_granting(user, "register.change"))
        steers = user.username == SYSTEM_USERNAME or "register.steer" in codes_of(user)
        offered = list(departments_that_act() if steers else own)
        if user.username == SYSTEM_USERNAME:
            offered = list(Department.objects.active())
        self.default = next(iter(own), None) if len(own) == 1 else None
        self.offered = offered
        self.known = {}
        for department in offered:
            for word in (
                department.code,
                department.name,
                department.short_name,
                department.number,
                department.full_name,
            ):
                if word:
                    self.known.setdefault(norm(word), department)

    def choose(self, item):
        text = item.values.get("lead") or ""
        lead = self.known.get(norm(text)) if text else self.default
        if lead is None:
            names = ", ".join(department.short_name for department in self.offered[:12])
            item.reject(
                "Federführung",
                f"„{text[:40]}“ ist nicht möglich. Möglich sind {names}."
                if text
                else f"Die Federführung fehlt. Möglich sind {names}.",
            )
        item.values["lead_department"] = lead
