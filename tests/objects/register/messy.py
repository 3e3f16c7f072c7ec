"""A list as it lies in a department: every spelling of an address, six kinds of date, gaps, mistakes, repeats."""

import random

from django.db.models import QuerySet

from objects.models import Address, Street

HEAD = ["lfd. Nr.", "Strasse", "Hausnr.", "PLZ", "Bezirk", "Eigentuemer", "Hausverwaltung", "Art", "Nutzung", "Probleme",
        "zuständig", "bekannt seit", "Zustand", "Bemerkungen"]  # fmt: skip
STREETS = (
    "Lampenstubenweg",
    "Kohlenwäschestraße",
    "Große Schachtstraße",
    "Haspelknechtweg",
    "Von-Velsen-Straße",
)
SPELLINGS = (
    ("Lampenstubenweg", "LAMPENSTUBENWEG ", "Lampen-Stuben-Weg", "Lampenstubenwegh"),
    ("Kohlenwäschestraße", "Kohlenwaeschestr.", "KOHLENWÄSCHE STR", "Kohlenwäsche-Strasse"),
    ("Große Schachtstraße", "Grosse Schachtstr", "Gr0ße Schachtstr", "große  schacht straße"),
    ("Haspelknechtweg", "Haspelknecht-Weg", "Haspelknechtwg", "haspelknechtweg"),
    ("Von-Velsen-Straße", "von Velsen Str.", "Von Felsen Straße", "v. Velsen Str."),
)
DATES = (
    "04.03.2021",
    "4.3.21",
    "2021-03-04",
    "März 2021",
    "03/2021",
    "2021",
    "44259",
    "",
    "31.02.2021",
    "demnächst",
)
KINDS = (
    "Müll",
    "Brandschutz; Müll",
    "Wohnungsaufsicht / sozial",
    "wohnungsaufsichtsrechtlich",
    "",
    "Poltergeist",
)
OWNERS = ("Muster GmbH", "Blau, Ute; Rot, Uwe", "Erbengem. Trutwin", "", "WEG Schachtstraße")


def rows(count, lead="Wohnungsaufsicht", seed=5):
    """`count` rows; each house number of each street once, besides some that repeat one or name none."""
    rng = random.Random(seed)
    for n in range(count):
        street, number = n % len(STREETS), 3 * (n // len(STREETS)) + 2
        spelling = SPELLINGS[street][0 if rng.random() < 0.6 else rng.randrange(4)]
        written = rng.choice(
            [str(number), f"{number} ", f"{number}, {number + 1}", f"{number}-{number + 1}", f"Nr. {number}"]
        )
        if n % 40 == 17:
            written = rng.choice(["", "hinten", "9999", f"{number}-"])
        if n % 50 == 23:
            number -= 3
            written = str(number)
        joined = rng.random() < 0.3
        yield [
            str(n + 1), f"{spelling} {written}" if joined else spelling, "" if joined else written,
            "44649" if n % 3 else "", "" if n % 4 else "wanne", OWNERS[n % 5], "HV Querschlag" if n % 6 == 0 else "",
            ("MFH", "", "Wohn- und Geschäftshaus")[n % 3], ("bewohnt", "leer", "", "teilw. leer")[n % 4],
            KINDS[0 if n % 31 else 5] if n % 2 else KINDS[n % 5], lead if n % 45 != 9 else "Amt für Nichts",
            DATES[n % 8] if n % 37 else DATES[8 + n % 2], "schlecht" if n % 7 == 0 else "", "=1+1" if n % 90 == 0 else "siehe Akte",
        ]  # fmt: skip


def csv_text(count, **kwargs):
    lines = [HEAD, *rows(count, **kwargs)]
    return (
        "\r\n".join(";".join(f'"{cell}"' if ";" in cell else cell for cell in line) for line in lines)
        + "\r\n"
    )


def city(count, per_street=None):
    """The official addresses the rows speak of."""
    per_street = per_street or 3 * (count // len(STREETS)) + 6
    for code, name in enumerate(STREETS):
        street = Street(
            municipality="05916000", municipality_name="Herne", code=f"9{code:04}", name=name
        ).fold()
        street.save()
        QuerySet(Address).bulk_create(
            Address(
                street=street, number=n, postcode="44649", district="Wanne", easting=374312.1 + n, northing=5712497.3,
                longitude=7.2, latitude=51.54,
            )
            for n in range(1, per_street + 1)
        )  # fmt: skip
