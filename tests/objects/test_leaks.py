"""Nothing `intern` leaks: canaries in every free text of one department, and an outsider who looks everywhere.

The outsider may read the whole register and acts on the house herself; she is no member of the department.
"""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from objects.complaints.services import refer
from objects.evidence import collecting, packing
from objects.models import Measure, Note
from objects.register import services
from objects.selectors import district_houses
from soe.audit.context import acting_as
from soe.web.comments.services import write
from soe.web.files.services import attach
from soe.web.routes import routes
from tests.factories.complaints import LinkFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.inspections import FindingFactory, InspectionFactory, SectionFactory
from tests.factories.proceedings import (
    ItemFactory,
    MeasureFactory,
    OrderFactory,
    ProceedingFactory,
    RequestFactory,
    StepFactory,
)
from tests.factories.register import PropertyFactory
from tests.web.files import samples

pytestmark = pytest.mark.django_db
# Every hidden text says both words; the outsider searches for the other one, which comes back in the page.
CANARY = re.compile(rb"kanarie", re.IGNORECASE)
RIGHTS = (
    "register.view", "register.change", "register.steer", "owner.view", "proceeding.view", "proceeding.change",
    "measure.change", "complaint.view", "complaint.record", "complaint.route", "inspection.view", "inspection.plan",
    "inspection.record", "address.view", "report.view", "report.prepare", "list.share",
)  # fmt: skip
SKIPPED = re.compile(r"abmelden|logout|/static/|/media/|konto/|anmelden|\.ics|vorlage\.|/dateien?/.*\.zip")


@pytest.fixture
def city(settings, tmp_path):
    """(house, the department whose matters are internal, its clerk)."""
    settings.MEDIA_ROOT = str(tmp_path)
    youth = DepartmentFactory(name="Jugend", short_name="Jugend", default_visibility="internal")
    lead = DepartmentFactory(name="Bauordnung", short_name="Bauordnung", default_visibility="open")
    house = PropertyFactory(lead_department=lead)
    clerk = member(*RIGHTS, department=youth)
    services.participate(house, youth, by=clerk, accepted=True)
    today = timezone.localdate()
    proceeding = ProceedingFactory(
        property=house, department=youth, visibility="internal", subject="Goldhauben Kanarie Verfahren",
        file_number="GOLDHAUBEN-26 KANARIE", opened_on=today - timedelta(days=30),
    )  # fmt: skip
    order = OrderFactory(
        proceeding=proceeding, title="Goldhauben Kanarie Verfügung", issued_on=today - timedelta(days=20)
    )
    ItemFactory(order=order, number=1, text="Goldhauben Kanarie Punkt", due_on=today + timedelta(days=5))
    StepFactory(proceeding=proceeding, note="Goldhauben Kanarie Schritt")
    measure = MeasureFactory(
        property=house,
        department=youth,
        visibility="internal",
        what="Goldhauben Kanarie Maßnahme",
        due_on=today + timedelta(days=1),
    )
    services.add_note(
        house,
        by=clerk,
        department=youth,
        subject="Goldhauben Kanarie Eintrag",
        text="Goldhauben Kanarie Text",
        visibility="internal",
    )
    complaint = LinkFactory(property=house).complaint
    reference = refer(complaint, by=clerk, proceeding=proceeding, kind="cause")
    reference.end(by=clerk, reason="Goldhauben Kanarie Begründung")
    RequestFactory(
        proceeding=None, measure=measure, asked_department=youth, question="Goldhauben Kanarie Frage"
    )
    inspection = InspectionFactory(property=house)
    section = SectionFactory(day=inspection.day, department=youth)
    FindingFactory(
        section=section,
        inspection=inspection,
        text="Goldhauben Kanarie Feststellung",
        place="Goldhauben Kanarie",
        visibility="internal",
    )
    with acting_as(clerk):
        for target in (house, proceeding):
            attach(
                target,
                samples.upload(samples.pdf(), "goldhauben-kanarie.pdf"),
                caption="Goldhauben Kanarie Datei",
                department=youth,
                visibility="internal",
            )
        write(proceeding, by=clerk, department=youth, text="Goldhauben Kanarie Kommentar")
        write(house, by=clerk, department=youth, text="Goldhauben Kanarie Kommentar")
    return house, youth, clerk


@pytest.fixture
def outsider(city):
    house, _, _ = city
    return member(*RIGHTS, department=house.lead_department)


def look(client, address):
    """The whole answer, streams and ZIP members included."""
    answer = client.get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"".join(archive.read(name) for name in archive.namelist())
    return answer, body


def everywhere(client, start, most=100):
    """{address: answer} of `start` and every page of ours they link to, breadth first; each kind of page a few times."""
    seen, kinds, queue, found = set(start), {}, list(start), {}
    while queue and len(found) < most:
        address = queue.pop(0)
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", address)
        if kinds.get(kind, 0) >= 2:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer, body = look(client, address)
        found[address] = body
        if answer.status_code != 200:
            found[address] += f" answered {answer.status_code}".encode()
        if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
            for link in re.findall(rb'href="(/[^"#]*)', body):
                link = link.decode().replace("&amp;", "&")
                if link not in seen and not SKIPPED.search(link):
                    seen.add(link)
                    queue.append(link)
    return found


def doors(house):
    """Every page and feed of the register without an id, and the ones of this house."""
    found = []
    for route in routes():
        if route.name.startswith(("objects:", "reports:")):
            try:
                found.append(reverse(route.name))
            except NoReverseMatch:
                continue
    own = house.get_absolute_url()
    found = [a for a in found if not SKIPPED.search(a)]
    lists = (
        "/objekte/",
        "/verfahren/",
        "/massnahmen/",
        "/fristen/",
        "/kontrollen/",
        "/beschwerden/",
        "/auskunft/",
    )
    found += [f"{address}?export={kind}" for address in lists for kind in ("csv", "xlsx")]
    found += [
        f"{own}akte/{tab}/"
        for tab in (
            "verfahren",
            "beschwerden",
            "kontrollen",
            "dateien",
            "zeitleiste",
            "beteiligte",
            "angaben",
        )
    ]
    found += [
        own, "/", "/hinweise/", f"/verlauf/objects.property/{house.pk}/",
        *(f"/verlauf/objects.complaint/{link.complaint_id}/" for link in house.complaint_links.all()),
        *(link.complaint.get_absolute_url() for link in house.complaint_links.all()), "/ogc/collections/objekte/items",
        f"/ogc/collections/objekte/items/{house.pk}", "/objekte/geojson/", "/suche/?q=goldhauben", "/suche/?q=GOLDHAUBEN-26",
        "/objekte/vorschlag/?q=goldhauben", "/objekte/?q=goldhauben", "/verfahren/?q=goldhauben", "/massnahmen/?q=goldhauben",
    ]  # fmt: skip
    return found


def test_an_outsider_finds_no_word_of_it_anywhere(city, outsider, client):
    house, _, _ = city
    client.force_login(outsider)
    found = everywhere(client, doors(house))
    leaks = {address for address, body in found.items() if CANARY.search(body)}
    assert not leaks
    surfaces = (
        "/objekte/?export=xlsx", "/massnahmen/?export=csv", "/fristen/?export=xlsx", "/objekte/geojson/", "/objekte/karte/",
        "/ogc/collections/objekte/items", f"/ogc/collections/objekte/items/{house.pk}", "/suche/?q=goldhauben", "/hinweise/",
        f"/verlauf/objects.property/{house.pk}/", f"{house.get_absolute_url()}akte/zeitleiste/", "/objekte/vorschlag/?q=goldhauben",
    )  # fmt: skip
    for address in surfaces:
        assert not re.search(rb" answered \d+$", found[address]), (address, found[address][-20:])
    assert len(found) > 60
    page = found[house.get_absolute_url()].decode()
    assert "Jugend" in page  # that something exists is no secret


def test_nor_in_what_is_made_for_others(city, outsider):
    house, _, _ = city
    pack = collecting.collect(
        outsider, house.pk, date(2000, 1, 1), timezone.localdate(), list(collecting.KINDS)
    )
    file = io.BytesIO()
    packing.write(file, pack, purpose="Test", maker="Test")
    with zipfile.ZipFile(file) as archive:
        names = b" ".join(name.encode() for name in archive.namelist())
        assert not CANARY.search(names + archive.read("dateien.csv"))
    assert not CANARY.search(str([(t, x) for _, t, x in pack.entries]).encode())
    report = district_houses(date(2000, 1, 1), timezone.localdate())
    assert not CANARY.search(str(report).encode())
    assert house.number in {row["number"] for row in report}


@pytest.mark.parametrize("parameter", ["verfahren/?q={}", "massnahmen/?q={}", "suche/?q={}", "objekte/?q={}"])
def test_counts_do_not_tell_whether_a_word_is_there(city, outsider, client, parameter):
    """A search for what only internal texts hold answers like a search for what nothing holds."""
    client.force_login(outsider)
    client.get("/")
    there, absent = (
        client.get("/" + parameter.format(word)).content.decode() for word in ("goldhauben", "qwertzuiop")
    )
    clean = re.compile(
        r'name="(?:csrfmiddlewaretoken|form_token)" value="[^"]*"|goldhauben|qwertzuiop|nonce="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|data-[a-z-]+="[^"]*"',
        re.IGNORECASE,
    )
    assert clean.sub("", there) == clean.sub("", absent)


def test_negative_control_a_hole_in_one_rule_is_found(city, outsider, client, monkeypatch):
    """Were internal measures and notes readable by everybody in the register, the crawl would say so."""
    from soe.departments.scope import City, Rule

    house, _, _ = city
    for model in (Measure, Note):
        monkeypatch.setitem(model.scope.rules, "view", Rule("register.view", City()))
    client.force_login(outsider)
    start = ["/massnahmen/", "/massnahmen/?export=csv", f"{house.get_absolute_url()}akte/zeitleiste/"]
    found = everywhere(client, start, most=3)
    assert {address for address, body in found.items() if CANARY.search(body)} == set(start)


def test_the_department_itself_sees_it(city, client):
    house, _, clerk = city
    client.force_login(clerk)
    body = look(client, f"{house.get_absolute_url()}akte/zeitleiste/")[1]
    assert CANARY.search(body)
