"""PDF, files and manifest in one ZIP; every file is hashed again on the way in."""

import csv
import hashlib
import io
import tempfile
import zipfile
from datetime import date

from django.conf import settings
from django.utils import timezone

from objects.register.models import Property
from soe.audit.events import log_security
from soe.web import pdf
from soe.web.jobs import JobFailed, job

from .collecting import KINDS, collect
from .redaction import redact

PICTURES = 60
HOW_TO = """So prüfen Sie dieses Paket

1. Entpacken Sie alle Dateien in einen Ordner.
2. Linux und macOS: Öffnen Sie dort ein Terminal und rufen Sie auf
       sha256sum -c MANIFEST.sha256        (macOS: shasum -a 256 -c MANIFEST.sha256)
   Windows (PowerShell): Get-FileHash -Algorithm SHA256 <Datei>
   und vergleichen Sie den Wert mit der Zeile in MANIFEST.sha256.
3. Jede Zeile muss „OK“ melden. Andernfalls wurde die Datei nach dem Erstellen verändert.

Die Prüfsumme von MANIFEST.sha256 selbst steht im Auftrag von SOE, mit dem das Paket erstellt wurde.
Prüfsummen zeigen, dass sich seit dem Erstellen nichts geändert hat. Fotos sind beim Hochladen neu gespeichert
worden (ohne Angaben zu Gerät und Ort); die Prüfsumme der damals eingereichten Datei steht in dateien.csv.
"""


def _may(user, params):
    return Property.objects.restrict(user, "document").filter(pk=params.get("house")).exists()


@job("evidence", title="Beweispaket", permission=_may)
def make(run, house, since, until, kinds, purpose):
    run.progress(0, 3, note="Inhalte werden gesammelt")
    pack = collect(run.user, house, date.fromisoformat(since), date.fromisoformat(until), kinds)
    with tempfile.TemporaryFile(prefix="soe-evidence-") as file:
        manifest = write(file, pack, purpose=purpose, maker=run.user.audit_name(), run=run)
        # Noted before anything can be fetched.
        with run.step(done=2, note="Paket wird abgelegt"):
            log_security(
                "export", detail=f"Beweispaket, {len(pack.files)} Dateien, {', '.join(kinds)}", obj=pack.house
            )
        file.seek(0)
        run.result_file(f"beweispaket-{pack.house.number}-{timezone.localdate():%Y-%m-%d}.zip", file)
    run.progress(3, 3)
    run.summary(
        f"Beweispaket {pack.house.number} mit {len(pack.files)} Dateien. SHA-256 von MANIFEST.sha256: {manifest}",
        url=pack.house.get_absolute_url(),
    )


def write(file, pack, *, purpose, maker, run=None) -> str:
    """The whole pack into `file`; returns the hash of its manifest."""
    now, lines, pictures = timezone.localtime(), [], {}
    names = {row.pk: f"dateien/{place:03d}_{row.name}" for place, row in enumerate(pack.files, 1)}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for row in pack.files:
            if run is not None:
                run.check()
            lines.append((_copy(row, archive, names[row.pk]), names[row.pk]))
        shown = [row for row in pack.files if row.is_image and row.preview][:PICTURES]
        for row in shown:
            with row.preview.open("rb") as source:
                pictures[f"soe-photo:{row.pk}"] = (source.read(), "image/jpeg")
        context = {
            "pack": pack,
            "kinds": [KINDS[kind] for kind in pack.kinds],
            "purpose": purpose,
            "maker": maker,
            "made_at": now,
            "city": settings.SOE_CITY,
            "files": [(row, names[row.pk], redact(row.caption or row.name)) for row in pack.files],
            "photos": [(row, f"soe-photo:{row.pk}", redact(row.described)) for row in shown],
        }
        paper = pdf.tagged("objects/evidence/paper.html", context, pictures=pictures)
        for name, content in (
            ("dokumentation.pdf", paper),
            ("dateien.csv", _table(pack, names).encode("utf-8-sig")),
            ("LIESMICH.txt", HOW_TO.encode()),
        ):
            archive.writestr(name, content)
            lines.append((hashlib.sha256(content).hexdigest(), name))
        manifest = "".join(f"{digest}  {name}\n" for digest, name in lines).encode()
        archive.writestr("MANIFEST.sha256", manifest)
    return hashlib.sha256(manifest).hexdigest()


def _copy(row, archive, name):
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo(name, date_time=timezone.localtime().timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    with row.file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        while chunk := source.read(1 << 16):
            digest.update(chunk)
            target.write(chunk)
    if digest.hexdigest() != row.sha256:
        raise JobFailed(
            f"Eine Datei vom {row.on:%d.%m.%Y} hat nicht mehr die Prüfsumme, mit der sie aufgenommen wurde. "
            "Ein Beweispaket entsteht so nicht. Bitte wenden Sie sich an die Administration."
        )
    return digest.hexdigest()


def _table(pack, names):
    from soe.web.export import csv_cell

    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(
        [
            "Datei",
            "Beschriftung",
            "Stand vom",
            "Fachbereich",
            "Byte",
            "SHA-256",
            "SHA-256 der eingereichten Datei",
        ]
    )
    for row in pack.files:
        cells = [
            names[row.pk],
            redact(row.caption),
            row.on,
            str(row.department),
            row.size,
            row.sha256,
            row.received_sha256,
        ]
        writer.writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()
