"""Who belongs to whom, houses that were sold, photos of a house, and the papers made on demand: the report to the
district councils and an evidence pack. No dice are thrown here, so the rest of the city stays as it was."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw
from uuid_utils.compat import uuid7

from objects.evidence.collecting import KINDS
from objects.owners.changing import Buyer, affected, change_owner, ensure_succession_rules
from objects.owners.merging import merge
from objects.owners.models import PartyLink, PartyRelation, Readdressing
from objects.owners.suspicion import suggest
from objects.register.models import Ownership, Party
from objects.register.services import add_owner
from soe.audit.context import acting_as
from soe.web.files.services import attach
from soe.web.jobs.services import execute, start

RELATION = PartyRelation.Kind
FIRM, SISTER = "Hallenbach Grundbesitz GmbH", "Seilring Wohnen UG (haftungsbeschränkt)"
HEIRS, BUYER = "Erbengemeinschaft Trutwin", "Nordlicht Wohnungsbau eG"
# whole, part, kind, share, years
RELATIONS = [
    (FIRM, "Joachim Hallenbach", RELATION.DIRECTOR, None, 9),
    (FIRM, "Joachim Hallenbach", RELATION.SHAREHOLDER, (3, 4), 9),
    (FIRM, "Gesine Marfeld", RELATION.SHAREHOLDER, (1, 4), 4),
    (SISTER, "Joachim Hallenbach", RELATION.DIRECTOR, None, 3),
    (HEIRS, "Roswitha Trutwin", RELATION.HEIR, (1, 2), 6),
    (HEIRS, "Bernhard Trutwin", RELATION.HEIR, (1, 2), 6),
    (HEIRS, "Roswitha Trutwin", RELATION.AGENT, None, 5),
]
# caption, days ago, colours of sky, wall and ground
PHOTOS = [
    ("Hof mit Sperrmüll", 160, "#b8c4cc", "#8d7b6c", "#6f7466"),
    ("Treppenhaus, gebrochene Stufe im 1. OG", 160, "#d9d4c8", "#a39a8b", "#5d5449"),
    ("Hof nach der Räumung", 40, "#a9c6dd", "#9a8674", "#7d8c6a"),
]
# An evidence pack is a PDF of many pages: a very small city does without.
PAPERS_FROM = 0.3


def build(city):
    with acting_as(city.users["koordination"], reason="Demostadt"):
        ensure_succession_rules()
        parties = {party.name: party for party in Party.objects.all()}
        _relations(city, parties)
        _double(city, parties)
        suggest()
        _decide(city, parties)
    _sale(city, parties)
    _photos(city)
    _papers(city)


def _relations(city, parties):
    for name in ("Joachim Hallenbach", "Roswitha Trutwin", "Bernhard Trutwin"):
        parties[name] = Party(kind=Party.Kind.PERSON, name=name, city="Essen")
        parties[name].save(reason="Demostadt")
    for whole, part, kind, share, years in RELATIONS:
        numerator, denominator = share or (None, None)
        PartyRelation(
            whole=parties[whole], part=parties[part], kind=kind, numerator=numerator, denominator=denominator,
            since=city.ago(365 * years), source="Handelsregister" if whole != HEIRS else "Erbschein",
        ).save(reason="Demostadt")  # fmt: skip


def _double(city, parties):
    """The same firm, written twice in the old lists: merged by the coordination office."""
    double = Party(kind=Party.Kind.COMPANY, name="Hallenbach Grundbesitz", city="Essen")
    double.save(reason="Übernahme der alten Liste")
    house = _standing(city)[-1]
    add_owner(house, double, by=city.clerk(house.lead_department), since=city.ago(700), source="alte Liste")
    merge(double, parties[FIRM], by=city.users["koordination"], reason="Gleiche Firma, gleiche Anschrift")


def _decide(city, parties):
    pair = {parties[FIRM].pk, parties[SISTER].pk}
    for row in PartyLink.objects.suggested().filter(
        one__in=pair, other__in=pair, kind=PartyLink.Kind.DIRECTOR
    ):
        row.decide(
            by=city.users["koordination"], state=PartyLink.State.CONFIRMED, reason="Laut Handelsregister dieselbe Person"
        )  # fmt: skip


def _standing(city):
    return [house for house in city.properties if not house.is_retired]


def _sale(city, parties):
    """The firm sells a house with matters under way; one department has answered, the others are asked."""
    own = {"role": Ownership.Role.OWNER, "party": parties[FIRM]}
    houses = [house for house in _standing(city)[1:] if house.ownerships.current().filter(**own).exists()]
    if not houses:
        return
    house = max(houses, key=lambda row: sum(rows.count() for rows in affected(row, [parties[FIRM]])))
    rights = list(house.ownerships.current().filter(**own))
    change = change_owner(
        house, by=city.clerk(house.lead_department), ends=rights, buyers=[Buyer(parties[BUYER])], on=city.ago(25),
        source="Grundbuch", note="Kaufvertrag vom Notariat gemeldet",
    )  # fmt: skip
    asked = Readdressing.objects.waiting().filter(change=change)
    row = asked.exclude(measure=None).first()
    if row is not None and asked.count() > 1:
        row.decide(
            by=city.clerk(row.department), state=Readdressing.State.MOVED, addressee=parties[BUYER],
            note="Der neue Eigentümer übernimmt die Vereinbarung.",
        )  # fmt: skip


def _photos(city):
    house = city.properties[0]
    clerk = city.clerk(house.lead_department)
    with acting_as(clerk, reason="Ortstermin"):
        for number, (caption, days, *colours) in enumerate(PHOTOS, 1):
            upload = SimpleUploadedFile(f"foto-{number}.jpg", _picture(*colours), "image/jpeg")
            attach(house, upload, caption=caption, on=city.ago(days), alt=f"Beispielbild: {caption}")


def _picture(sky, wall, ground):
    """A house as a child would draw it: no photo of a real place is ever shown as a problem property."""
    picture = Image.new("RGB", (800, 600), sky)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 440, 800, 600), fill=ground)
    draw.rectangle((180, 140, 620, 470), fill=wall)
    for x in range(220, 600, 100):
        for y in (180, 270, 360):
            draw.rectangle((x, y, x + 50, y + 60), fill=sky, outline=ground, width=4)
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _papers(city):
    house = city.properties[0]
    papers = [("district_report", "", {"report": str(uuid7()), "as_of": f"{city.ago(1)}"})]
    if city.scale >= PAPERS_FROM:
        pack = {
            "house": str(house.pk), "since": f"{city.ago(730)}", "until": f"{city.today}",
            "kinds": list(KINDS), "purpose": "Verwaltungsgericht Gelsenkirchen, 5 K 1204/26",
        }  # fmt: skip
        papers.append(("evidence", f"Beweispaket {house.number}", pack))
    for kind, title, params in papers:
        job = start(city.users["koordination"], kind, title=title, params=params)
        execute(job.pk)
        job.refresh_from_db()
        city.say(f"{job.title}: {job.get_state_display()} {job.error}".strip())
