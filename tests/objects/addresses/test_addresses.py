"""The state's address list: every layout it comes in, and every spelling people type."""

from contextlib import suppress
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from objects.addresses import reading
from objects.addresses.importing import Refused, import_file
from objects.addresses.models import Address, AddressImport, Street
from objects.addresses.selectors import neighbours, resolve, suggest

HEADER = ";".join(reading.COLUMNS)


def row(
    street="Mont-Cenis-Straße",
    code="00123",
    number=12,
    suffix="",
    east="376356,123",
    north="5712497,456",
    **other,
):
    values = {
        "nba": "N", "oid": "DENW36AL10000001", "qua": "A", "landschl": "05", "land": "Nordrhein-Westfalen",
        "regbezschl": "9", "regbez": "Arnsberg", "kreisschl": "16", "kreis": "Herne", "gmdschl": "000", "gmd": "Herne",
        "ottschl": "0000", "ott": "", "strschl": code, "str": street, "hnr": str(number), "adz": suffix, "zone": "32",
        "ostwert": east, "nordwert": north, "datum": "2026-07-01",
    } | other  # fmt: skip
    return ";".join(values[name] for name in reading.COLUMNS)


@pytest.fixture
def listed(tmp_path, acting):
    def write(*rows, encoding="utf-8", **kwargs):
        path = tmp_path / "gebref.txt"
        path.write_bytes("\r\n".join(rows).encode(encoding))
        return import_file(path, **kwargs)

    return write


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_each_encoding_gives_the_same_street(listed, encoding):
    listed(row(), encoding=encoding)
    assert Street.objects.get().name == "Mont-Cenis-Straße"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("east", "north"),
    [("376356,123", "5712497,456"), ("376356.123", "5712497.456"), ("32376356,123", "5712497.456")],
)
def test_decimal_comma_point_and_zone_give_the_same_place(listed, east, north):
    listed(row(east=east, north=north))
    address = Address.objects.get()
    assert address.easting == pytest.approx(376356.123)
    # EPSG:25832 to WGS84; the reference point is Herne's centre.
    assert address.latitude == pytest.approx(51.5505, abs=0.005)
    assert address.longitude == pytest.approx(7.2165, abs=0.005)


@pytest.mark.django_db
def test_a_header_line_is_passed_over(listed):
    assert listed(HEADER, row())["added"] == 1


@pytest.mark.django_db
def test_only_the_own_municipality_unless_the_whole_state_is_asked_for(listed):
    foreign = row(kreisschl="13", kreis="Bochum", gmd="Bochum", code="00001", street="Königsallee")
    assert listed(row(), foreign)["elsewhere"] == 1
    assert Address.objects.count() == 1
    assert listed(row(), foreign, municipality="")["added"] == 1
    assert Address.objects.count() == 2


@pytest.mark.django_db
def test_the_same_file_twice_changes_nothing(listed):
    first = listed(row(), row(number=14))
    again = listed(row(), row(number=14))
    assert (first["added"], again["added"], again["unchanged"], again["changed"]) == (2, 0, 2, 0)
    assert AddressImport.objects.count() == 2


@pytest.mark.django_db
def test_vanished_addresses_are_marked_and_come_back(listed):
    listed(row(), row(number=14))
    assert listed(row())["vanished"] == 1
    assert Address.objects.get(number=14).vanished_on is not None
    assert listed(row(), row(number=14))["changed"] == 1
    assert Address.objects.get(number=14).vanished_on is None


@pytest.mark.django_db
def test_a_renamed_street_keeps_its_addresses(listed):
    listed(row())
    listed(row(street="Neue Straße"))
    assert Street.objects.get().name == "Neue Straße"
    assert suggest("neue str 12")[0].number == 12


@pytest.mark.django_db
def test_of_two_rows_for_one_address_the_last_wins(listed):
    for _ in range(2):  # first load and merge go different ways
        result = listed(row(oid="DENW36AL1"), row(oid="DENW36AL2"))
        assert result["repeated"] == 1
        assert Address.objects.get().official_id == "DENW36AL2"


@pytest.mark.django_db
def test_every_row_is_accounted_for(listed):
    result = listed(
        row(), row(), row(number="zwölf"), row(kreisschl="13"), row(nba="L", number=99), good_rows=True
    )
    counted = sum(
        result[name]
        for name in ("added", "changed", "unchanged", "repeated", "rejected", "elsewhere", "removed")
    )
    assert result["rows"] == counted == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (row(number="zwölf"), "hnr"),
        (row(number="0"), "hnr"),
        (row(street=""), "str"),
        (row(code=""), "strschl"),
        (row(east="weit weg"), "ostwert"),
        (row(north="nan"), "ostwert"),
        (row(east="5712497", north="376356"), "ostwert"),
        (row(suffix="x" * 40), "adz"),
        ("zu;kurz", "Zeile"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_taken(listed, bad, column):
    with pytest.raises(Refused) as refused:
        listed(row(), bad)
    reason = refused.value.result.reasons[0]
    assert (reason.line, reason.column) == (2, column)
    assert Address.objects.count() == Street.objects.count() == AddressImport.objects.count() == 0


@pytest.mark.django_db
def test_good_rows_may_be_taken_on_request(listed):
    result = listed(row(), row(number="zwölf"), good_rows=True)
    assert (result["added"], result.rejected) == (1, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "leer"),
        (b"PK\x03\x04\x00\x00", "keine Textdatei"),
        ("a;b;c\n".encode("utf-16"), "UTF-16"),
        (b"a;b;c\n", "21 Spalten"),
        (b"N;DENW;A;05;9;16;000;0000;00123;12;;376356,123;5712497,456;2019\n", "ältere Aufbau"),
    ],
)
def test_an_unreadable_file_gets_one_clear_sentence(content, sentence):
    with pytest.raises(reading.UnreadableFile, match=sentence), reading.open_text(BytesIO(content)) as stream:
        list(reading.rows(stream))


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content):
    with suppress(reading.UnreadableFile):
        for _, fields in reading.rows(reading.open_text(BytesIO(content))):
            with suppress(reading.RowError):
                reading.parse(fields) if len(fields) == 21 else None


@given(
    st.lists(
        st.text(max_size=12).filter(lambda text: not set(text) & set(';\r\n"')), min_size=21, max_size=21
    )
)
def test_no_fields_break_the_parser(fields):
    with suppress(reading.RowError):
        reading.check_street(fields)
        reading.parse(fields)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        "Mont Cenis Str 12a",
        "mont-cenis-straße 12 A",
        "Montcenisstr. 12a",
        "mont cen 12",
        "MONT-CENIS-STRASSE 12A, 44627 Herne",
    ],
)
def test_every_spelling_finds_the_house(listed, typed):
    listed(row(), row(suffix="a"), row(street="Montanusweg", code="00200"))
    found = suggest(typed)
    assert "Mont-Cenis-Straße 12a" in [address.line for address in found]
    assert all(address.street.name == "Mont-Cenis-Straße" for address in found)


@pytest.mark.django_db
def test_a_typing_mistake_still_finds_the_street(listed):
    listed(row(street="Lampenstubenweg", number=14))
    assert suggest("Lampenstubbenwek 14")[0].line == "Lampenstubenweg 14"


@pytest.mark.django_db
def test_resolve_takes_only_what_is_beyond_doubt(listed):
    listed(row(), row(suffix="a"))
    assert resolve("Mont Cenis Str. 12a").suffix == "a"
    assert resolve("Mont Cenis Str. 12").suffix == ""
    assert resolve("Mont Cenis Str.") is None
    assert resolve("Mont Cenis Str. 99") is None


@pytest.mark.django_db
def test_neighbours_are_the_nearest_numbers_of_the_street(listed):
    listed(*[row(number=number) for number in (98, 104, 114, 126)])
    found = neighbours(Address.objects.get(number=104))
    assert [address.number for address in found] == [98, 114]


@pytest.mark.django_db
def test_the_suggestions_need_the_right_and_stay_in_few_queries(
    listed, as_member, django_assert_max_num_queries, client, user
):
    listed(row(), row(suffix="a"))
    client.force_login(user)
    assert client.get("/anschriften/vorschlag/?q=mont").status_code == 403
    signed_in, _ = as_member("address.view")
    with django_assert_max_num_queries(14):
        answer = signed_in.get("/anschriften/vorschlag/?q=mont+cenis+12")
    assert [hit["text"] for hit in answer.json()["results"]] == [
        "Mont-Cenis-Straße 12, Herne",
        "Mont-Cenis-Straße 12a, Herne",
    ]


@pytest.mark.django_db
def test_the_command_answers_in_german_and_writes_the_rejected_rows(tmp_path, capsys):
    path = tmp_path / "gebref.txt"
    path.write_text("\n".join([row(), row(number="=1+1")]), encoding="utf-8")
    rejected = tmp_path / "abgewiesen.csv"
    with pytest.raises(CommandError, match="Zeilen sind fehlerhaft"):
        call_command("import_addresses", path, rejected=rejected)
    assert "Hausnummer" in rejected.read_text(encoding="utf-8-sig")
    with pytest.raises(CommandError, match="gibt es nicht"):
        call_command("import_addresses", tmp_path / "fehlt.txt")
    call_command("import_addresses", path, good_rows=True)
    assert "1  neu" in capsys.readouterr().out
