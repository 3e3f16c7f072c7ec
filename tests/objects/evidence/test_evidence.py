"""The pack holds what its maker may read and nothing internal; its hashes can be checked; one person fetches it."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from objects.evidence import collecting, packing
from objects.evidence.redaction import BLACK, redact
from objects.register import services
from soe.audit.context import acting_as
from soe.audit.models import SecurityEvent
from soe.web.files.services import attach
from soe.web.jobs.models import Job
from tests.factories.complaints import ComplaintFactory, LinkFactory
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.inspections import InspectionFactory
from tests.factories.proceedings import ItemFactory, OrderFactory, ProceedingFactory
from tests.factories.register import OwnershipFactory, PropertyFactory
from tests.web.files import samples
from tests.web.forms import fields

pytestmark = pytest.mark.django_db
RIGHTS = (
    "register.view",
    "register.change",
    "owner.view",
    "proceeding.view",
    "complaint.view",
    "inspection.view",
    "address.view",
)
TODAY = timezone.localdate()
CANARY = "Kanarienvogel"


@pytest.fixture
def house(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    office = DepartmentFactory(short_name="Wohnungsaufsicht", default_visibility="open")
    return PropertyFactory(lead_department=office)


@pytest.fixture
def clerk(house):
    return member(*RIGHTS, department=house.lead_department)


def fill(house, clerk):
    """One thing of every kind that may go in, and beside it one that may not, marked with a canary."""
    hidden = DepartmentFactory(short_name="Jugend", default_visibility="internal")
    stranger = member("register.view", "register.change", department=hidden)
    order = OrderFactory(
        proceeding=ProceedingFactory(property=house, department=house.lead_department, visibility="open"),
        title="Ordnungsverfügung Heizung", issued_on=TODAY - timedelta(days=20), served_on=TODAY - timedelta(days=17),
    )  # fmt: skip
    ItemFactory(order=order, number=1, text="Heizung instand setzen, Rückfrage 02323 16-1234")
    ProceedingFactory(
        property=house, department=house.lead_department, visibility="internal", subject=f"{CANARY} Verfahren"
    )
    ProceedingFactory(property=house, department=hidden, visibility="internal", subject=f"{CANARY} fremd")
    LinkFactory(property=house, complaint=ComplaintFactory(text=f"{CANARY} sagt Frau Nachbarin"))
    services.add_note(
        house,
        by=clerk,
        department=house.lead_department,
        subject="Ortstermin",
        text="geb. 01.02.1980",
        visibility="open",
    )
    services.add_note(
        house, by=clerk, department=house.lead_department, subject=f"{CANARY} eigen", visibility="internal"
    )
    services.add_note(
        house, by=stranger, department=hidden, subject=f"{CANARY} Jugend", visibility="internal"
    )
    OwnershipFactory(property=house, party__name="Muster GmbH")
    with acting_as(clerk):
        attach(
            house,
            samples.upload(samples.jpeg(), "treppe.jpg"),
            caption="Treppe",
            department=house.lead_department,
            visibility="open",
        )
        attach(
            house,
            samples.upload(samples.pdf(), "gutachten.pdf"),
            caption="Gutachten",
            department=house.lead_department,
            visibility="open",
        )
        attach(
            house,
            samples.upload(samples.pdf(), f"{CANARY}.pdf"),
            caption=CANARY,
            department=house.lead_department,
            visibility="internal",
        )


def packed(house, user, **kwargs):
    pack = collecting.collect(
        user, house.pk, TODAY - timedelta(days=400), TODAY, kwargs.pop("kinds", list(collecting.KINDS))
    )
    file = io.BytesIO()
    manifest = packing.write(file, pack, purpose="VG Gelsenkirchen 1 K 1/26", maker="Test")
    return pack, zipfile.ZipFile(file), manifest


def words(pack):
    """Everything that is printed of a pack."""
    from django.template.loader import render_to_string

    return render_to_string(
        "objects/evidence/paper.html", {"pack": pack, "files": [(r, r.name, r.caption) for r in pack.files]}
    )


def test_everything_allowed_is_in_it_and_nothing_internal(house, clerk):
    fill(house, clerk)
    pack, archive, _ = packed(house, clerk)
    text = words(pack)
    for word in (
        "Ordnungsverfügung Heizung",
        "Heizung instand setzen",
        "Ortstermin",
        "Muster GmbH",
        "Gutachten",
    ):
        assert word in text
    names = archive.namelist()
    assert {name[12:] for name in names if name.startswith("dateien/")} == {"treppe.jpg", "gutachten.pdf"}
    everything = text + " ".join(names) + archive.read("dateien.csv").decode()
    assert CANARY not in everything
    assert pack.left_out >= 4
    assert "16-1234" not in everything
    assert "01.02.1980" not in everything
    assert BLACK in everything


def test_negative_control_without_the_rule_for_internal_things_they_would_be_in_it(house, clerk, monkeypatch):
    fill(house, clerk)
    monkeypatch.setattr(collecting, "INTERNAL", "nothing")
    pack, _, _ = packed(house, clerk)
    assert f"{CANARY} eigen" in words(pack)


def test_hashes_of_manifest_files_and_paper_agree(house, clerk):
    fill(house, clerk)
    pack, archive, manifest = packed(house, clerk)
    raw = archive.read("MANIFEST.sha256")
    assert hashlib.sha256(raw).hexdigest() == manifest
    lines = dict(reversed(line.split("  ", 1)) for line in raw.decode().splitlines())
    assert set(lines) == set(archive.namelist()) - {"MANIFEST.sha256"}
    for name, digest in lines.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert {row.sha256 for row in pack.files} <= set(lines.values())
    with pikepdf.open(io.BytesIO(archive.read("dokumentation.pdf"))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert any("/XObject" in page.Resources for page in pdf.pages)  # the photo is drawn


def test_a_file_that_changed_on_the_disk_stops_the_pack(house, clerk):
    fill(house, clerk)
    pack = collecting.collect(clerk, house.pk, TODAY, TODAY, ["files"])
    pack.files[0].sha256 = "0" * 64
    with pytest.raises(packing.JobFailed, match="nicht mehr die Prüfsumme"):
        packing.write(io.BytesIO(), pack, purpose="x", maker="y")


def test_persons_present_only_for_who_may_record(house):
    from objects.inspections.models import InspectionParticipation

    inspection = InspectionFactory(property=house, day__date=TODAY - timedelta(days=3))
    with somebody():
        day = inspection.day
        day.state = "running"
        day.save()
        InspectionParticipation(
            day=day, department=house.lead_department, state="accepted", headcount=2, people="Erika Beispiel"
        ).save()
    for rights, expected in ((RIGHTS, ""), ((*RIGHTS, "inspection.record"), "Erika Beispiel")):
        user = member(*rights, department=house.lead_department)
        pack = collecting.collect(user, house.pk, TODAY - timedelta(days=9), TODAY, ["inspections"])
        assert pack.inspections[0]["team"] == [("Wohnungsaufsicht", 2, expected)]


def test_period_and_parts_are_chosen(house, clerk):
    fill(house, clerk)
    pack = collecting.collect(clerk, house.pk, TODAY - timedelta(days=5), TODAY, ["orders", "timeline"])
    assert (pack.orders, pack.files, pack.owners) == ([], [], [])
    assert all(entry.day >= TODAY - timedelta(days=5) for entry, _, _ in pack.entries)


def test_the_job_keeps_it_for_its_maker_and_leaves_a_trace(client, house, clerk):
    fill(house, clerk)
    client.force_login(clerk)
    address = reverse("objects:evidence", args=[house.pk])
    data = fields(client.get(address)) | {"purpose": "VG Gelsenkirchen"}
    data["kinds"] = ["files", "orders"]
    assert client.post(address, data).status_code == 302
    job = Job.objects.get(kind="evidence")
    assert (job.state, job.error) == ("done", "")
    assert SecurityEvent.objects.filter(kind="export", object_id=house.pk, user_id=clerk.pk).exists()
    page = client.get(job.get_absolute_url()).content.decode()
    assert "MANIFEST.sha256" in page
    client.force_login(member(*RIGHTS, department=house.lead_department))
    assert client.get(job.get_absolute_url()).status_code == 404
    client.force_login(member(*RIGHTS))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "mail an ute.blau@example.org",
        "Tel. 02323 16-1234",
        "mobil 0171 2345678",
        "+49 171 2345678",
        "geboren am 1.2.1980",
        "DE02 1203 0000 0000 2020 51",
    ],
)
def test_ways_to_reach_somebody_are_blackened(text):
    assert BLACK in redact(text)


@pytest.mark.parametrize(
    "text", ["Az. 63-1234/2026", "Frist bis 01.02.2026", "2.500,00 €", "Punkt 1 bis 12", "Lampenstubenweg 14"]
)
def test_what_the_court_needs_stays(text):
    assert redact(text) == text
