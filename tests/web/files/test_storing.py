"""R06: no row without its file, no file without its row; a retried form keeps once; what is old goes."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone

from soe.accounts.models import User
from soe.administration.models import LegalHold
from soe.administration.retention import services as retention_of_everything
from soe.audit.context import acting_as
from soe.web.files import retention, scanning, services, storing
from soe.web.files.errors import UploadRefused
from soe.web.files.models import Attachment, private_storage
from soe.web.jobs.models import Job
from soe.web.tokens import new_token
from tests.factories.complaints import ComplaintFactory
from tests.factories.register import PropertyFactory
from tests.web.forms import fields

from . import samples

pytestmark = pytest.mark.django_db


def names():
    return set(retention._stored(private_storage()))


@pytest.fixture
def form(house, clerk, client):
    """form(files…, **values) posts the page „Dateien hinzufügen“ once more with the same data."""
    client.force_login(clerk)
    address = reverse("web:files_add", args=["objects.property", house.pk])
    page = fields(client.get(address))

    def post(*uploads, headers=None, **values):
        data = {**page, "visibility": "open", **values, "files": list(uploads)}
        return client.post(address, data, headers=headers or {})

    return post


def test_several_at_once_with_captions_and_the_good_ones_are_kept(house, form):
    answer = form(
        samples.upload(samples.jpeg(), "a.jpg"),
        samples.upload(b"MZ\x90\0", "b.jpg"),
        samples.upload(samples.pdf(), "c.pdf"),
        captions=["Flur", "nichts", ""],
        caption="Begehung",
    )
    assert answer.status_code == 302
    assert answer["Location"] == house.get_absolute_url()
    assert sorted(Attachment.objects.values_list("name", "caption")) == [
        ("a.jpg", "Flur"),
        ("c.pdf", "Begehung"),
    ]


def test_only_refused_files_keep_the_form_and_say_why(form):
    html = form(samples.upload(b"MZ\x90\0", "<b>x.jpg"), caption="Flur").content.decode()
    assert "Das ist ein Programm" in html
    assert "<b>x" not in html
    assert 'value="Flur"' in html
    assert "Bitte wählen Sie mindestens eine Datei aus." in form().content.decode()


def test_a_doubled_post_keeps_once(form):
    first = form(samples.upload(samples.jpeg(), "a.jpg"))
    again = form(samples.upload(samples.jpeg(), "a.jpg"))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    assert Attachment.objects.count() == 1


def test_the_script_is_led_to_an_address_that_shows_nothing(form, client):
    answer = form(samples.upload(samples.jpeg(), "a.jpg"), headers={"X-Soe-Upload": "1"})
    assert answer["Location"] == "/dateien/fertig/"
    assert client.get(answer["Location"]).json() == {"done": True}


def test_the_way_back_leads_nowhere_else(form):
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        answer = form(samples.upload(samples.jpeg(), "a.jpg"), zurueck=evil, form_token=new_token())
        assert answer["Location"].startswith("/objekte/")
    assert (
        form(samples.upload(samples.jpeg(), "a.jpg"), zurueck="/kontrollen/", form_token=new_token())[
            "Location"
        ]
        == "/kontrollen/"
    )


def test_a_full_disk_is_said_and_leaves_neither_row_nor_file(form, monkeypatch):
    storage, before = private_storage(), names()
    real = type(storage).save

    def full(self, name, content, max_length=None):
        real(self, name, content, max_length=max_length)  # half of it is already there …
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(storage), "save", full)
    html = form(samples.upload(samples.jpeg(), "a.jpg")).content.decode()
    assert "Der Speicher ist voll oder nicht erreichbar" in html
    assert not Attachment.objects.exists()
    assert names() == before
    monkeypatch.setattr(type(storage), "save", real)  # … and without any repair the next one goes through
    assert form(samples.upload(samples.jpeg(), "a.jpg")).status_code == 302


def test_a_row_that_cannot_be_written_takes_its_files_along(house, add, monkeypatch):
    before = names()
    monkeypatch.setattr(Attachment, "save", lambda self, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add(house)
    assert names() == before


def test_what_is_rolled_back_at_the_very_end_leaves_no_file(house, add):
    before = names()
    with services.without_strays():
        row = add(house)
        _forget(row)
    assert names() == before


def test_negative_control_without_the_guard_the_file_would_stay(house, add):
    before = names()
    row = add(house)
    _forget(row)
    stray = names() - before
    assert len(stray) == 2
    # The nightly sweep finds it, once it is a day old.
    assert retention.sweep() == 0
    assert retention.sweep(timezone.now() + timedelta(days=2)) >= 2
    assert not names() & stray


def _forget(row):
    """As a rolled-back transaction leaves it: the row was never there."""
    from django.db import connection

    from soe.audit.triggers import gate

    with gate("Test"), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM web_attachment WHERE id = %s",
            [row.pk.hex if connection.vendor == "sqlite" else row.pk],
        )


def test_the_content_of_a_removed_file_goes_after_thirty_days(
    house, add, clerk, django_capture_on_commit_callbacks
):
    row = add(house)
    services.remove(row, by=clerk, reason="doppelt")
    content = {row.file.name, row.preview.name}
    with acting_as(User.objects.system()), django_capture_on_commit_callbacks(execute=True):
        assert retention.erase_due(timezone.now() + timedelta(days=29)) == 0
        assert content <= names()
        assert retention.erase_due(timezone.now() + timedelta(days=31)) == 1
    row.refresh_from_db()
    assert (row.file.name, row.preview.name, bool(row.erased_at), len(row.sha256)) == ("", "", True, 64)
    assert not names() & content
    with pytest.raises(Exception, match="nicht wiederherstellen"):
        services.restore(row, by=clerk)


# --- virus scanner ---------------------------------------------------------------------------------------------------


@pytest.fixture
def clamd(settings):
    """A small clamd on loopback: reads INSTREAM to the end and knows EICAR."""
    server = socket.create_server(("127.0.0.1", 0))
    settings.SOE_CLAMD = f"tcp://127.0.0.1:{server.getsockname()[1]}"

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with closing(connection), connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                data = b""
                while size := int.from_bytes(stream.read(4), "big"):
                    data += stream.read(size)
                found = b"stream: Eicar-Test-Signature FOUND\0" if samples.EICAR in data else b"stream: OK\0"
                connection.sendall(found)

    threading.Thread(target=serve, daemon=True).start()
    yield server
    server.close()


def test_the_scanner_refuses_eicar_and_lets_good_files_in(house, add, clamd):
    assert add(house, b"harmlos", "a.txt").pk
    with pytest.raises(UploadRefused, match="Eicar-Test-Signature"):
        add(house, samples.EICAR, "a.txt")


def test_negative_control_without_a_scanner_eicar_is_only_text(house, add):
    assert add(house, samples.EICAR, "a.txt").kind == "txt"


def test_a_scanner_that_does_not_answer_stops_every_upload(house, add, clamd, settings):
    clamd.shutdown(socket.SHUT_RDWR)
    clamd.close()
    with pytest.raises(UploadRefused, match="Virenscanner antwortet nicht"):
        add(house, b"harmlos", "a.txt")
    settings.SOE_CLAMD = "unix:/nirgends/clamd.ctl"
    with pytest.raises(UploadRefused, match="Virenscanner antwortet nicht"):
        scanning.scanner().scan([b"x"])


# --- S3 --------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_files_lie_in_s3_when_the_settings_say_so(house, add, clerk, client, settings):
    pytest.importorskip("storages.backends.s3")
    from moto.server import ThreadedMotoServer

    from soe.settings.base import env
    from soe.settings.files import attachment_storage

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    values = {
        "FILES_S3_BUCKET": "akten",
        "FILES_S3_ENDPOINT": f"http://{host}:{port}",
        "FILES_S3_REGION": "eu-central-1",
        "FILES_S3_ACCESS_KEY": "pruefung",
        "FILES_S3_SECRET_KEY": "pruefung",
    }
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in values.items():
                patch.setenv(name, value)
            settings.STORAGES = {**settings.STORAGES, "attachments": attachment_storage(env, "/nirgends")}
        storage = storages["attachments"]
        storage.connection.create_bucket(
            Bucket="akten", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        row = add(house, visibility="open")
        assert storage.exists(row.file.name)
        client.force_login(clerk)
        content = b"".join(client.get(reverse("web:file_picture", args=[row.pk])).streaming_content)
        assert content[:3] == b"\xff\xd8\xff"
        assert len(content) == row.size
        assert names() == {row.file.name, row.preview.name}
        storage.delete(row.file.name)
        assert client.get(reverse("web:file_picture", args=[row.pk])).status_code == 404
    finally:
        server.stop()
    with pytest.raises(UploadRefused, match="nicht erreichbar"):
        add(house)


# --- memory ----------------------------------------------------------------------------------------------------------

MEASURE = """
import resource, sys
from pathlib import Path
import django
django.setup()
from soe.web.files import archives, images
from soe.web.files.errors import UploadRefused

def kilobytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

folder, refused = Path(sys.argv[1]), []
before = kilobytes()
for name in ("photo.jpeg", "plan.png", "huge.png", "bomb.zip"):
    with (folder / name).open("rb") as file:
        try:
            if name == "bomb.zip":
                archives.check(file, (folder / name).stat().st_size)
            else:
                images.prepare(file, name.split(".")[1])
        except UploadRefused as error:
            refused.append(error.code)
print(*refused, (kilobytes() - before) // 1024)
"""


def test_bombs_and_the_largest_pictures_cost_less_than_200_megabytes(tmp_path):
    """In a process of its own: the largest JPEG and PNG that are taken, a 60-megapixel picture, an archive bomb."""
    (tmp_path / "photo.jpeg").write_bytes(samples.picture("JPEG", (8000, 6000)))
    (tmp_path / "plan.png").write_bytes(samples.picture("PNG", (6000, 4000)))
    (tmp_path / "huge.png").write_bytes(samples.huge_png(10_000, 6_000))
    parts = {f"xl/s{n}.xml": b"0" * 8_000_000 for n in range(20)}
    (tmp_path / "bomb.zip").write_bytes(samples.xlsx(parts))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "soe.settings.test"},
        check=True,
    )
    *refused, grown = done.stdout.split()
    assert refused == ["pixels", "bomb"]
    assert int(grown) < 200, f"{grown} MB"


def test_the_request_itself_never_stores_more_than_the_limit(form, settings, clerk):
    settings.SOE_MAX_UPLOAD_MB = 1
    html = form(samples.upload(b"a" * 5_000_000, "a.txt")).content.decode()
    assert "größer als 1 MB" in html
    from soe.web.files.uploading import CappedUploadHandler

    handler = CappedUploadHandler()
    assert handler.receive_data_chunk(b"x", 1024 * 1024) == b"x"
    assert handler.receive_data_chunk(b"x", 1024 * 1024 + 1) is None


def nightly(days):
    """The cleaners of the nightly run, `days` from now; what each took away."""
    with (
        time_machine.travel(timezone.now() + timedelta(days=days), tick=False),
        acting_as(User.objects.system()),
    ):
        return {o.rule.code: o.gone for o in retention_of_everything.run()}


def test_the_nightly_run_erases_removed_files_keeps_held_ones_and_sweeps_only_strays(
    house, add, clerk, django_capture_on_commit_callbacks
):
    removed, held, kept = add(house), add(PropertyFactory()), add(house)
    for row in (removed, held):
        services.remove(row, by=clerk, reason="doppelt")
    with acting_as(clerk):
        LegalHold(code="party", object_id=held.target_id, number="1", reason="Klage").save()
    job = start_a_job_with_a_result(clerk)
    private_storage().save("auftraege/rest", ContentFile(b"x"))
    with django_capture_on_commit_callbacks(execute=True):
        assert nightly(2)["removed_files"] == 0
        gone = nightly(31)
    for row in (removed, held, kept):
        row.refresh_from_db()
    assert (bool(removed.erased_at), bool(held.erased_at), bool(kept.erased_at)) == (True, False, False)
    assert gone["removed_files"] == 1
    assert "auftraege/rest" not in names()
    assert {job.result, held.file.name, kept.file.name} <= names()


def test_negative_control_an_unknown_owner_loses_its_files(house, add, clerk, monkeypatch):
    job = start_a_job_with_a_result(clerk)
    monkeypatch.setattr(storing, "_owners", [])
    nightly(2)
    assert job.result not in names()


def start_a_job_with_a_result(clerk):
    name = private_storage().save("auftraege/ergebnis", ContentFile(b"x"))
    return Job.objects.create(user=clerk, kind="export", title="Export", state="done", result=name)


def test_files_of_a_record_that_is_gone_go_when_it_can_no_longer_come_back(
    house, add, django_capture_on_commit_callbacks
):
    complaint = ComplaintFactory()
    row = add(complaint, department=house.lead_department)
    with acting_as(User.objects.system()):
        complaint.delete(reason="Test")
    with django_capture_on_commit_callbacks(execute=True):
        assert nightly(29)["removed_files"] == 0
        assert nightly(31)["removed_files"] == 1
    row.refresh_from_db()
    assert (bool(row.erased_at), row.file.name) == (True, "")
