"""A tagged PDF (PDF/UA-1) out of a template: own fonts, own pictures, nothing from anywhere else.

WeasyPrint needs the system library Pango and takes seconds to load, so it is imported when a PDF is made.
"""

import logging
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

FONTS = {"400": "FiraSans-Regular.woff2", "600": "FiraSans-SemiBold.woff2"}
STYLE = Path(__file__).with_name("paper.css")


class PdfNotPossible(RuntimeError):
    """The machine cannot make PDFs; the message is for users."""

    def __init__(self):
        super().__init__(
            "Auf diesem Server fehlt die Bibliothek Pango, deshalb entsteht gerade kein PDF. "
            "Bitte melden Sie das der Verwaltung von SOE."
        )


class UntaggedPdf(RuntimeError):
    """WeasyPrint reported something that would make the PDF inaccessible."""


def tagged(template, context, *, pictures=None) -> bytes:
    """`pictures`: {address in the template: (bytes, content type)}, the only ones that are drawn."""
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError) as error:
        raise PdfNotPossible from error
    pictures, fonts = pictures or {}, _fonts()

    class OwnFilesOnly(weasyprint.URLFetcher):
        def fetch(self, url, headers=None):
            if url in pictures:
                content, kind = pictures[url]
                return weasyprint.urls.URLFetcherResponse(url, content, {"Content-Type": kind})
            if url not in fonts.values():
                raise ValueError(f"Not allowed in a PDF: {url}")
            return super().fetch(url, headers)

    fetcher, faces, errors = OwnFilesOnly(), FontConfiguration(), _Errors()
    log = logging.getLogger("weasyprint")
    log.addHandler(errors)
    try:
        page = weasyprint.HTML(string=render_to_string(template, context), url_fetcher=fetcher, base_url=None)
        rules = "".join(
            f"@font-face{{font-family:'Fira Sans';font-weight:{weight};src:url({url})}}\n"
            for weight, url in fonts.items()
        )
        style = weasyprint.CSS(string=rules + STYLE.read_text(), url_fetcher=fetcher, font_config=faces)
        content = page.write_pdf(
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


class _Errors(logging.Handler):
    """Missing language or alternative text is only logged by WeasyPrint; here it counts."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.found = []

    def emit(self, record):
        self.found.append(record.getMessage())
