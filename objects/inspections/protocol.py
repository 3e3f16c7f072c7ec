"""The joint protocol of an inspection day as a tagged PDF: only what the reader may see.

WeasyPrint needs the system library Pango; it is loaded here and nowhere else, so that the rest runs without it.
"""

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone

from soe.departments.models import Visibility
from soe.departments.scope import departments_granting

from .models import Finding, HelpNeed, ImmediateMeasure, InspectionNote
from .selectors import section_stub
from .totals import day_totals

FONTS = {"400": "FiraSans-Regular.woff2", "600": "FiraSans-SemiBold.woff2"}


class PdfNotPossible(RuntimeError):
    """The machine cannot make PDFs; the message is for users."""

    def __init__(self):
        super().__init__(
            "Auf diesem Server fehlt die Bibliothek Pango, deshalb entsteht gerade kein PDF. "
            "Bitte melden Sie das der Verwaltung von SOE. Die Seite selbst können Sie drucken."
        )


def protocol_context(day, user) -> dict:
    """What stands in the protocol for this reader: sections with contents, or their stubs."""
    own = set(departments_granting(user, None))

    def rows(model, *joins):
        found = model.objects.restrict(user, "view").filter(day=day)
        return list(found.select_related("department", "inspection__property", "visit", *joins))

    findings = [f for f in rows(Finding) if f.is_defect and f.state != "withdrawn"]
    measures, notes = rows(ImmediateMeasure), rows(InspectionNote)
    sections = []
    for section in day.sections.select_related("department"):
        hidden = (
            section.department_id not in own and section.department.default_visibility == Visibility.INTERNAL
        )
        entry = {"section": section, "stub": section_stub(section) if hidden else None}
        if not hidden:
            entry |= {
                "findings": [f for f in findings if f.section_id == section.pk],
                "measures": [m for m in measures if m.section_id == section.pk],
                "notes": [n for n in notes if n.section_id == section.pk],
            }
        sections.append(entry)
    helps = list(HelpNeed.objects.restrict(user, "view").filter(day=day).exclude(state="withdrawn"))
    return {
        "day": day,
        "houses": list(day.inspections.select_related("property")),
        "participants": list(day.participations.exclude(state="planned").select_related("department")),
        "sees_people": user.may("inspection.record"),
        "sections": sections,
        "totals": day_totals(day),
        "help_needs": helps,
        "households": sum(need.households for need in helps),
        "final": day.state == "published",
        "made_at": timezone.now(),
        "reader": user.audit_name(),
    }


def protocol_html(day, user) -> str:
    faces = [
        (weight, path.as_uri())
        for weight, name in FONTS.items()
        if (path := _static(f"vendor/kern/fonts/fira-sans/{name}")) is not None
    ]
    return render_to_string(
        "objects/inspections/protocol.html", protocol_context(day, user) | {"fonts": faces}
    )


def _static(name):
    from pathlib import Path

    found = finders.find(name)
    return Path(found) if found else None


def protocol_pdf(day, user) -> bytes:
    """PDF/UA-1 with tags, title and language. Raises PdfNotPossible when Pango is missing."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise PdfNotPossible from error
    return HTML(string=protocol_html(day, user)).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
