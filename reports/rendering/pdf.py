"""The report as tagged PDF (PDF/UA-1): cover with checksum, sections, charts with titles, tables with headers.

WeasyPrint needs the system library Pango and takes seconds to load, so it is imported when a PDF is made.
"""

import logging
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

FONTS = {"400": "FiraSans-Regular.woff2", "600": "FiraSans-SemiBold.woff2"}
STYLE = Path(__file__).with_name("report.css")


class PdfNotPossible(RuntimeError):
    """The machine cannot make PDFs; the message is for users."""

    def __init__(self):
        super().__init__(
            "Auf diesem Server fehlt die Bibliothek Pango, deshalb entsteht gerade kein PDF. "
            "Bitte melden Sie das der Verwaltung von SOE. XLSX, DOCX und CSV stehen zur Verfügung."
        )


class UntaggedPdf(RuntimeError):
    """WeasyPrint reported something that would make the PDF inaccessible."""


def html(view, *, checksum="", draft=False) -> str:
    return render_to_string(
        "reports/pdf/report.html",
        {"view": view, "checksum": checksum, "draft": draft, "revision": view.cube.get("revision", {})},
    )


def render(view, *, checksum="", draft=False) -> bytes:
    """The PDF as bytes. Raises PdfNotPossible without Pango."""
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError) as error:
        raise PdfNotPossible from error
    fonts = _fonts()

    class OwnFilesOnly(weasyprint.URLFetcher):
        def fetch(self, url, headers=None):
            if url not in fonts.values() and not url.startswith("data:image/svg+xml"):
                raise ValueError(f"Not allowed in a report: {url}")
            return super().fetch(url, headers)

    fetcher, faces = OwnFilesOnly(), FontConfiguration()
    errors = _Errors()
    log = logging.getLogger("weasyprint")
    log.addHandler(errors)
    try:
        document = weasyprint.HTML(
            string=html(view, checksum=checksum, draft=draft), url_fetcher=fetcher, base_url=None
        )
        style = weasyprint.CSS(
            string=_faces(fonts) + STYLE.read_text(), url_fetcher=fetcher, font_config=faces
        )
        content = document.write_pdf(
            stylesheets=[style], font_config=faces, pdf_variant="pdf/ua-1", pdf_tags=True
        )
    finally:
        log.removeHandler(errors)
    if errors.found:
        raise UntaggedPdf("; ".join(errors.found))
    return content


def _fonts():
    found = {weight: finders.find(f"vendor/kern/fonts/fira-sans/{name}") for weight, name in FONTS.items()}
    return {weight: Path(path).as_uri() for weight, path in found.items() if path}


def _faces(fonts):
    return "".join(
        f"@font-face{{font-family:'Fira Sans';font-weight:{weight};src:url({url})}}\n"
        for weight, url in fonts.items()
    )


class _Errors(logging.Handler):
    """Missing language or alternative text is only logged by WeasyPrint; here it counts."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.found = []

    def emit(self, record):
        self.found.append(record.getMessage())
