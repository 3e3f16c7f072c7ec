"""Logs and technical rows that the application itself keeps, the timetable, and what hangs on erased records."""

from datetime import time, timedelta

from django.apps import apps
from django.db.models import FileField
from django.utils import timezone

from soe.audit import erasure, retention
from soe.audit.context import acting_as


def _sessions(cutoff, dry_run):
    from django.contrib.sessions.models import Session

    rows = Session.objects.filter(expire_date__lt=timezone.now())
    return rows.count() if dry_run else rows.delete()[0]


def _form_tokens(cutoff, dry_run):
    from soe.web.models import SubmittedForm

    rows = SubmittedForm.objects.filter(at__lt=cutoff)
    return rows.count() if dry_run else rows.delete()[0]


def _removed_files(cutoff, dry_run):
    """Never before the thirty days that the page promises, and nothing on a record under a hold."""
    from soe.web.files import retention as files

    from .models import LegalHold

    now = min(cutoff + timedelta(days=files.KEPT_DAYS), timezone.now())
    held = list(LegalHold.objects.current().values_list("object_id", flat=True))
    if dry_run:
        return files.due(now).exclude(target_id__in=held).count() + len(files.orphans(now))
    return files.erase_due(now, held=held) + files.erase_orphans(now)


def _stray_files(cutoff, dry_run):
    from soe.web.files import retention as files

    age = max(timezone.now() - cutoff, timedelta(days=1))
    return len(files.strays(older_than=age)) if dry_run else files.sweep(older_than=age)


def _digests(cutoff, dry_run):
    """Never those of the running week, nor any whose notices are still there: they keep a mail from going twice."""
    from soe.web.models import Digest

    limit = min(cutoff, timezone.now() - timedelta(days=14))
    rows = Digest.objects.filter(claimed_at__lt=limit, notices=None)
    return rows.count() if dry_run else rows.delete()[1].get("web.Digest", 0)


def _about_records(model, pks):
    """Files, comments, drafts: whatever hangs on an erased record goes with it, its files too."""
    from django.db import transaction

    from soe.web.targets import AboutRecord

    parts = []
    for about in apps.get_models():
        if not issubclass(about, AboutRecord) or about._meta.proxy or about is model:
            continue
        rows = list(about._base_manager.filter(target_model=model._meta.label_lower, target_id__in=pks))
        if not rows:
            continue
        files = 0
        for field in about._meta.concrete_fields:
            if isinstance(field, FileField):
                for row in rows:
                    if file := getattr(row, field.name):
                        # After the commit: a refused erasure keeps its files.
                        transaction.on_commit(lambda s=file.storage, n=file.name: s.delete(n))
                        files += 1
        parts.append(erasure.Part(about, [row.pk for row in rows], files=files))
    return parts


def register():
    add = retention.add
    add(
        retention.Log(
            "read_log", "Leseprotokoll", "audit.ReadLog", months=24, starts="nach dem Zugriff",
            basis="Art. 32 DSGVO, § 76 BDSG sinngemäß; SDM-Baustein 43 (M43.D05)",
        )
    )  # fmt: skip
    add(
        retention.Log(
            "sign_in", "Anmeldungen", "accounts.SignInEvent", months=6, starts="nach der Anmeldung",
            basis="Art. 32 DSGVO; SDM-Baustein 43 (M43.D05)",
        )
    )  # fmt: skip
    add(
        retention.Log(
            "security", "Sicherheitsereignisse", "audit.SecurityEvent", months=24, starts="nach dem Ereignis",
            basis="Art. 32 DSGVO; SDM-Baustein 43 (M43.D05)",
        )
    )  # fmt: skip
    add(
        retention.Cleaner(
            "sessions", "Abgelaufene Sitzungen", "sessions.Session", days=1, starts="nach dem Ablauf",
            basis="technisch, ohne Fachdaten", clean=_sessions,
        )
    )  # fmt: skip
    add(
        retention.Cleaner(
            "form_tokens", "Kennungen abgesendeter Formulare", "web.SubmittedForm", days=7, starts="nach dem Absenden",
            basis="technisch, ohne Fachdaten", clean=_form_tokens,
        )
    )  # fmt: skip
    add(
        retention.Cleaner(
            "removed_files", "Inhalt entfernter Dateien", "web.Attachment", days=30, starts="nach dem Entfernen",
            basis="Art. 5 Abs. 1 lit. e DSGVO; wer was wann ablegte und die Prüfsumme bleiben", clean=_removed_files,
        )
    )  # fmt: skip
    add(
        retention.Cleaner(
            "stray_files", "Abgelegte Dateien ohne Datensatz", "web.Attachment", days=1, starts="nach dem Ablegen",
            basis="technisch, Reste abgebrochener Vorgänge", clean=_stray_files,
        )
    )  # fmt: skip
    add(
        retention.Cleaner(
            "digests", "Vermerke über Sammelmails", "web.Digest", days=90, starts="nach dem Versand",
            basis="technisch, ohne Fachdaten", clean=_digests,
        )
    )  # fmt: skip
    erasure.add_companion(_about_records)
    _timetable()


def _timetable():
    from soe.web.jobs import schedule

    schedule.add("seals", "Verlauf und Protokolle siegeln", seal_now, every=timedelta(hours=1))
    schedule.add("seal_mail", "Siegel zum Aufbewahren versenden", mail_seal, at=time(6, 0), weekday=0)
    schedule.add("verify", "Siegel prüfen", verify_now, at=time(2, 0))
    schedule.add("retention", "Löschfristen anwenden", retain, at=time(3, 30))


def seal_now(run):
    from soe.audit.sealing import chain

    rows = 0

    def progress(table, count):
        nonlocal rows
        rows += count
        run.progress(rows)

    result = chain.seal(progress=progress)
    run.summary(f"{result.rows} Zeilen gesiegelt.")


def mail_seal(run):
    from django.core.management import call_command

    call_command("seal_audit", mail=True, verbosity=0)


def verify_now(run):
    """The result is a security event, so that it cannot be lost; a finding fails the job."""
    from soe.audit.events import log_security
    from soe.audit.sealing.verify import verify
    from soe.web.jobs import JobFailed

    rows = 0

    def progress(table, count):
        nonlocal rows
        rows += count
        run.progress(rows)

    report = verify(progress=progress)
    text = f"{report.rows} Zeilen geprüft, {len(report.findings)} Abweichungen"
    log_security("seal", detail=text)
    if report.findings:
        raise JobFailed(f"{text}. Zuerst: {report.findings[0]}")
    run.summary(f"{text}.")


def retain(run):
    from . import services

    with acting_as(run.user, reason="Löschfrist"):
        gone = sum(outcome.gone for outcome in services.run())
    run.summary(f"{gone} Zeilen entfernt.")
