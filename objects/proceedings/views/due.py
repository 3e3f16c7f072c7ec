"""/fristen/: everything that is due, whatever it stands in."""

from soe.web.views import ScopedListView

from ..bulk_due import AssignDeadlineAction, ExtendAction
from ..filters_due import DeadlineFilterSet
from ..models.due import Deadline
from ..tables_due import DeadlineTable


class DeadlineListView(ScopedListView):
    queryset = Deadline.objects.select_related("property", "department", "responsible")
    filterset_class = DeadlineFilterSet
    table_class = DeadlineTable
    title = "Fristen"
    lead = "Verfügungen, Anhörungen, Maßnahmen, Antworten, Zahlungen und Überprüfungen an einer Stelle."
    tabs = (
        ("Alle", ""),
        ("Mein Fachbereich", "ansicht=meine"),
        ("Mir zugewiesen", "ansicht=ich"),
        ("Überfällig", "wann=ueber"),
        ("Nächste 7 Tage", "wann=7"),
    )
    bulk_actions = (ExtendAction(), AssignDeadlineAction())
    empty_text = "Fristen entstehen in Verfahren, Maßnahmen, Beschwerden und Zielen."
