"""The protocol as a file."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from objects.calendars import inspection
from soe.web.calendars.views import EventFileView
from soe.web.views import ScopedDetailView

from ..models import InspectionDay
from ..protocol import PdfNotPossible, protocol_pdf


class DayIcsView(EventFileView):
    """The day for one's own calendar."""

    queryset = InspectionDay.objects.filter(source="")

    def event(self, obj, url):
        return inspection(obj, url)

    def file_name(self, obj):
        return f"{obj.number}.ics"


class ProtocolView(ScopedDetailView):
    queryset = InspectionDay.objects.select_related("lead")

    def get(self, request, *args, **kwargs):
        day = self.object = self.get_object()
        try:
            content = protocol_pdf(day, request.user)
        except PdfNotPossible as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(day.get_absolute_url())
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="Protokoll-{day.number}.pdf"'
        return response
