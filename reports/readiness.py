"""What must be in order before a report is presented and released."""

from dataclasses import dataclass

from django.utils import timezone

from soe.web.text import number

from . import texts
from .freeze import is_intact
from .models import QuarterlyReport


@dataclass(frozen=True)
class Finding:
    """One check: done or not, in one sentence. `blocks`: nothing is presented or released until it is done."""

    done: bool
    text: str
    blocks: bool = True


def findings(report: QuarterlyReport) -> list[Finding]:
    """All checks in the order of the work."""
    if not report.computed_at:
        return [Finding(False, "Die Zahlen sind noch nicht berechnet.")]
    rows = list(report.texts.all())
    return [
        _ended(report),
        *_numbers(report),
        _texts(rows),
        *_wording(rows, report.draft),
        *_revisions(report),
    ]


def blocking(report) -> list[str]:
    return [finding.text for finding in findings(report) if finding.blocks and not finding.done]


def _ended(report):
    end = report.quarter.end
    if timezone.localdate(report.computed_at) > end:
        return Finding(True, f"Das Quartal war bei der Berechnung zu Ende ({end:%d.%m.%Y})")
    return Finding(
        False,
        f"Die Zahlen sind vor dem Ende des Quartals berechnet. Bitte nach dem {end:%d.%m.%Y} neu berechnen.",
    )


def _numbers(report):
    notes = report.notes
    if notes["unprotectable"]:
        names = "; ".join(notes["unprotectable"][:3])
        yield Finding(False, f"Diese Zahlen lassen sich nicht mehr schützen: {names}")
    else:
        yield Finding(True, f"{_count(notes['tables'], 'Tabelle', 'Tabellen')} auf Rückrechnung geprüft")
    if problems := [*notes["problems"], *notes["contradictions"]]:
        yield Finding(False, f"Zahlen widersprechen sich: {'; '.join(problems[:3])}")
    else:
        yield Finding(True, f"{_count(notes['sums'], 'Summe', 'Summen')} nachgerechnet")
    before = report.quarter.previous()
    if before.code in report.draft.get("compared_with", ()):
        if notes["stock_differs"]:
            yield Finding(
                False,
                f"Der Anfangsbestand weicht vom Bericht {before.number}/{before.year} ab. "
                "Bitte im Text zu Abschnitt 2 erklären.",
                blocks=False,
            )
        else:
            yield Finding(True, f"Bestände schließen an den Bericht {before.number}/{before.year} an")


def _texts(rows):
    left = [row.section for row in rows if row.state != row.State.FINISHED]
    if not left:
        return Finding(True, f"{_count(len(rows), 'Text', 'Texte')} fertig")
    where = "Abschnitt" if len(left) == 1 else "Abschnitte"
    return Finding(False, f"{_count(len(left), 'Text fehlt', 'Texte fehlen')}: {where} {_and(left)}")


def _wording(rows, cube):
    for row in rows:
        if names := texts.unknown(row.text, cube):
            yield Finding(
                False, f"Abschnitt {row.section}: unbekannte Zahl {', '.join(f'{{{n}}}' for n in names)}"
            )
    typed = [row.section for row in rows if texts.typed_numbers(row.text, cube)]
    if typed:
        yield Finding(
            False,
            f"Von Hand geschriebene Zahlen in {'Abschnitt' if len(typed) == 1 else 'den Abschnitten'} {_and(typed)}: "
            "Bitte prüfen, ob sie stimmen und niemanden erkennbar machen",
            blocks=False,
        )


def _revisions(report):
    revisions = list(report.revisions.all())
    if revisions:
        intact = all(is_intact(revision) for revision in revisions)
        yield Finding(
            intact,
            "Prüfsummen früherer Revisionen stimmen" if intact else "Eine frühere Revision wurde verändert",
        )


def _count(amount, one, many):
    return f"{number(amount)} {one if amount == 1 else many}"


def _and(words):
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} und {words[-1]}"
