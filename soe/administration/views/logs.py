"""The logs: reads of social data, sign-ins."""

from soe.web.views import ScopedListView

from .. import filters, tables
from ..models import ReadLogEntry, SignIn
from .overview import CRUMB


class ReadLogView(ScopedListView):
    queryset = ReadLogEntry.objects.all()
    title = "Zugriffe auf Sozialdaten"
    noun = "Zugriffe"
    lead = "Jede Zeile entstand, bevor die Seite gezeigt wurde. Die Liste kann nicht geändert werden."
    crumbs = (CRUMB,)
    filterset_class = filters.ReadLogFilter
    table_class = tables.ReadLogTable


class SignInListView(ScopedListView):
    queryset = SignIn.objects.all()
    title = "Anmeldungen"
    noun = "Ereignisse"
    crumbs = (CRUMB,)
    filterset_class = filters.SignInFilter
    table_class = tables.SignInTable
