"""The logs: reads of social data, sign-ins."""

from soe.web.views import ScopedListView

from .. import filters, tables
from ..audit.views import LoggedLook
from ..models import ReadLogEntry, SignIn
from .overview import CRUMB


class ReadLogView(LoggedLook, ScopedListView):
    look = "Zugriffe"
    queryset = ReadLogEntry.objects.all()
    title = "Zugriffe auf Sozialdaten"
    noun = "Zugriffe"
    lead = "Jede Zeile entstand, bevor die Seite gezeigt wurde. Die Liste kann nicht geändert werden."
    crumbs = (CRUMB,)
    filterset_class = filters.ReadLogFilter
    table_class = tables.ReadLogTable


class SignInListView(LoggedLook, ScopedListView):
    look = "Anmeldungen"
    queryset = SignIn.objects.all()
    title = "Anmeldungen"
    noun = "Ereignisse"
    crumbs = (CRUMB,)
    filterset_class = filters.SignInFilter
    table_class = tables.SignInTable
