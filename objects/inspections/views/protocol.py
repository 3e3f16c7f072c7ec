"""The protocol as a file."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from soe.web.views import ScopedDetailView

from ..models import InspectionDay
from ..protocol import PdfNotPossible, protocol_pdf


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
