"""Minutes as a tagged PDF (PDF/UA-1). WeasyPrint is heavy: it is loaded when the first PDF is asked for."""

import logging
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string


class UntaggedPdf(RuntimeError):
    """WeasyPrint complained about something that would make the PDF inaccessible."""


def minutes_pdf(context) -> bytes:
    """`context` as MinutesPdfView builds it: only items its reader may see."""
    import weasyprint

    html = render_to_string("steering/minutes_pdf.html", context)
    errors = _Errors()
    log = logging.getLogger("weasyprint")
    log.addHandler(errors)
    try:
        document = weasyprint.HTML(string=html, base_url="", url_fetcher=_fetch)
        pdf = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    finally:
        log.removeHandler(errors)
    if errors.found:
        raise UntaggedPdf("; ".join(errors.found))
    return pdf


class _Errors(logging.Handler):
    """Missing language or alternative text is only logged by WeasyPrint; here it counts."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.found = []

    def emit(self, record):
        self.found.append(record.getMessage())


def _fetch(url, *args, **kwargs):
    """Only our own static files, never the network or the file system at large."""
    if not url.startswith("static:"):
        raise ValueError(f"Not allowed in a PDF: {url}")
    path = finders.find(url.removeprefix("static:"))
    if not path:
        raise ValueError(f"No such static file: {url}")
    return {"string": Path(path).read_bytes()}
