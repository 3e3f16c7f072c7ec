"""A messy list becomes properties: any spelling, every row answered, each exactly once."""

from datetime import date

import pytest

from objects.models import Note, Party, Property
from objects.register.lists import numbers, words
from soe.web.imports import process
from soe.web.imports.cells import CellError
from soe.web.imports.command import CommandRun
from soe.web.imports.models import Import
from soe.web.imports.spec import registered
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.register import AddressFactory, PropertyFactory, StreetFactory

from . import messy

HEAD = "Straße;Hausnummer;PLZ;Federführung;Problemlagen;Eigentümer;Nutzung früher;Bemerkung"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", "12"), ("Nr. 14 a", "14a"), ("12, 14a", "12 14a"), ("12/14 u. 16", "12 14 16"), ("12a-c", "12a 12c 12b"),
        ("78-84", "78 84 80 82"), ("7 bis 8", "7 8"), ("12 und 14", "12 14"),
    ],
)  # fmt: skip
def test_house_numbers_in_any_writing(text, expected):
    found = [f"{n}{s}" for one in numbers.read(text) for n, s in one.all]
    assert " ".join(found) == expected


@pytest.mark.parametrize("text", ["hinten", "12-", "96-78", "1-999", ",", "12c-a", "²"])
def test_what_is_no_house_number_is_said_so(text):
    with pytest.raises(CellError):
        numbers.read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04.03.2021", (2021, 3, 4)), ("4.3.21", (2021, 3, 4)), ("2021-03-04", (2021, 3, 4)), ("März 2021", (2021, 3, 1)),
        ("03/2021", (2021, 3, 1)), ("2021", (2021, 1, 1)), ("44259", (2021, 3, 4)), ("1. April 2020", (2020, 4, 1)),
        ("04-03-2021", (2021, 3, 4)),
    ],
)  # fmt: skip
def test_dates_of_every_kind(text, expected):
    assert words.day(text) == date(*expected)


@pytest.mark.parametrize("text", ["31.02.2021", "demnächst", "2999", "13/2021", "99999", "Mär 31. 2021"])
def test_no_date_is_guessed(text):
    with pytest.raises(CellError):
        words.day(text)


pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return DepartmentFactory(
        name="Wohnungsaufsicht", short_name="Wohnungsaufsicht", default_visibility="open"
    )


@pytest.fixture
def clerk(office):
    return member("register.view", "register.change", "owner.view", "register.steer", department=office)


def read(user, text, *, known="update", take=True):
    with somebody():
        record = process.upload(registered["objekte"], user, text.encode(), "liste.csv", known=known)
        process.check(record)
        record.refresh_from_db()
        if take:
            record.mode = Import.Mode.GOOD
            record.save()
            process.take(record, CommandRun(user))
            record.refresh_from_db()
    return record


def reasons(record):
    return {row.line: row.errors[0][1] for row in record.lines.filter(state="rejected")}


def test_every_row_is_imported_or_rejected_and_a_repeat_changes_nothing(clerk):
    messy.city(150)
    text = messy.csv_text(150)
    record = read(clerk, text)
    assert record.rows == 150 == record.imported + record.rejected
    assert record.new == Property.objects.count() > 110
    assert all(reasons(record).values())
    house = Property.objects.get(title="Lampenstubenweg 38")
    assert (house.lead_department.short_name, house.occupancy_state, house.building_type) == (
        "Wohnungsaufsicht",
        "used",
        "apartments",
    )
    assert house.history.get().history_change_reason
    assert house.summary.title == house.title
    assert {o.party.name: o.role for o in house.ownerships.all()} == {
        "Muster GmbH": "owner",
        "HV Querschlag": "manager",
    }
    assert house.notes.get().text == "siehe Akte\nNummer in der Liste: 61"
    assert "Zustand: schlecht" in Note.objects.get(property__title="Lampenstubenweg 23").text
    assert Property.objects.filter(title="Lampenstubenweg 41").exists()
    again = read(clerk, text)
    assert (again.new, again.changed, again.unchanged, again.rejected) == (0, 0, record.new, record.rejected)
    assert Note.objects.count() == record.new


def test_a_street_is_never_guessed(clerk):
    for name in ("Kohlenweg", "Kohlenwehr", "Schachtallee"):
        street = StreetFactory(name=name)
        AddressFactory(street=street, number=5)
        AddressFactory(street=street, number=7)
    text = f"{HEAD}\nKohlenwek;5;;;;;;\nSchachtalee;5;;;;;;\nSchachtallee;6;;;;;;\nUnter den Linden;1;;;;;;\n"
    record = read(clerk, text, take=False)
    why = reasons(record)
    assert "Kohlenweg, Kohlenwehr" in why[2] or "Kohlenwehr, Kohlenweg" in why[2]
    assert "Hausnummer 6 gibt es nicht. In der Nähe: 5, 7." in why[4]
    assert "Ohne amtliche Anschrift" in why[5]
    assert record.lines.get(line=3).changes == [["", "", "„Schachtalee“ verstanden als Schachtallee"]]


def test_two_streets_of_one_name_need_the_postcode(clerk):
    for postcode in ("44623", "44649"):
        AddressFactory(street=StreetFactory(name="Bergstraße"), number=5, postcode=postcode, district="")
    record = read(clerk, f"{HEAD}\nBergstr.;5;;;;;;\nBergstr.;5;44649;;;;;\n")
    assert "mehrmals: Bergstraße 5 (44623)" in reasons(record)[2]
    assert "schon in Zeile 2" in reasons(record)[3]
    record = read(clerk, f"{HEAD}\nBergstr. 5, 44649 Herne;;;;;;;\n")
    assert Property.objects.get().addresses.get().postcode == "44649"


@pytest.mark.parametrize(
    ("known", "state"), [("update", "changed"), ("skip", "unchanged"), ("reject", "rejected")]
)
def test_what_is_there_already_is_completed_left_or_rejected(office, clerk, known, state):
    street = StreetFactory(name="Schachtallee")
    house = PropertyFactory(
        address=AddressFactory(street=street, number=5), lead_department=office, former_use="Zeche"
    )
    AddressFactory(street=street, number=7)
    text = f"{HEAD}\nSchacht-Allee;5, 7;;;Müll;Muster GmbH;;Dach undicht\nSchachtallee;5;;;;;Bäckerei;\n"
    record = read(clerk, text.rsplit("\n", 2)[0] + "\n", known=known)
    assert record.lines.get().state == state
    house.refresh_from_db()
    assert Property.objects.count() == 1
    changed = known == "update"
    assert house.title == ("Schachtallee 5 und 7" if changed else "Schachtallee 5")
    assert house.former_use == "Zeche"  # an empty cell takes nothing away
    assert (house.problem_areas.count(), house.ownerships.count(), house.notes.count()) == (
        (1, 1, 1) if changed else (0, 0, 0)
    )


def test_a_foreign_property_is_not_changed_and_a_foreign_lead_not_chosen(office):
    stranger = member("register.view", "register.change", department=DepartmentFactory(short_name="Umwelt"))
    street = StreetFactory(name="Schachtallee")
    house = PropertyFactory(address=AddressFactory(street=street, number=5), lead_department=office)
    AddressFactory(street=street, number=7)
    record = read(
        stranger, f"{HEAD}\nSchachtallee;5;;;Müll;;;\nSchachtallee;7;;Wohnungsaufsicht;;Muster GmbH;;\n"
    )
    assert "dürfen es nicht ändern" in reasons(record)[2]
    assert "ist nicht möglich. Möglich sind Umwelt" in reasons(record)[3]
    assert (house.problem_areas.count(), Party.objects.count()) == (0, 0)


def test_negative_control_without_the_reach_the_foreign_property_would_change(office, monkeypatch):
    stranger = member("register.view", "register.change", department=DepartmentFactory(short_name="Umwelt"))
    street = StreetFactory(name="Schachtallee")
    house = PropertyFactory(address=AddressFactory(street=street, number=5), lead_department=office)
    monkeypatch.setattr("objects.register.lists.spec.reach", lambda rows, user, action="view": rows)
    read(stranger, f"{HEAD}\nSchachtallee;5;;;Müll;;;\n")
    assert house.problem_areas.count() == 1


def test_rejected_rows_come_back_repaired(clerk):
    AddressFactory(street=StreetFactory(name="Schachtallee"), number=5)
    record = read(clerk, f"{HEAD}\nSchachtallee;hinten;;;;;;\n")
    header, rows = process.rejected_rows(record)
    row = next(iter(rows))
    assert "ist keine Hausnummer" in row[0]
    row[header.index("Hausnummer")] = "5"
    repaired = (
        ";".join(header) + "\n" + ";".join(str(cell) for cell in row).replace(row[0], "war falsch") + "\n"
    )
    assert read(clerk, repaired).new == 1
    assert Property.objects.get().title == "Schachtallee 5"


def test_a_place_without_official_address(clerk):
    text = "Straße;Hausnummer;Stadtbezirk;Ohne amtliche Anschrift\nGaragenhof hinter Kohlenweg 3;;wanne;ja\nLagerplatz;;;ja\n"
    record = read(clerk, text)
    assert Property.objects.get().district == "Wanne"
    assert "Stadtbezirk nötig" in reasons(record)[3]
    assert read(clerk, text).unchanged == 1
