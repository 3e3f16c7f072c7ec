"""Every file that leaves is a security event, whichever view made it: none can forget to say so.

A view that says more about it (which records, which kind) writes the event itself; then this adds nothing. Reads of
social data are logged by the views, which know the record.
"""

from soe.audit.context import current_request_id
from soe.audit.events import log_security
from soe.audit.models import SecurityEvent

EMPTY_FORMS = {"web:import_pattern"}  # headings and examples, no data of anybody


class DownloadMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 200 and response.get("Content-Disposition", "").startswith("attachment"):
            note(request)
        return response


def note(request):
    match = request.resolver_match
    name = match.view_name if match else ""
    if name in EMPTY_FORMS:
        return
    asked = current_request_id()
    if asked and SecurityEvent.objects.filter(kind="export", request_id=asked).exists():
        return
    log_security("export", detail=f"Datei: {name}")
