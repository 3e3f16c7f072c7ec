"""The list page: filters, order and page stand in the URL; the export is exactly what the URL says."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import FETCH_PEERS, FETCH_RAISE
from django.http import Http404
from django.views.generic import TemplateView

from soe.audit.events import log_security
from soe.audit.reads import log_read

from .. import export, rights
from ..jobs.exports import checked_rows
from ..jobs.kinds import RightsWithdrawn
from ..paging import LIMIT, CappedPaginator
from .base import ScopedMixin
from .bulk import BulkMixin
from .columns import ColumnsMixin
from .detail import Action
from .saved import SavedViewsMixin

SIZES = (10, 25, 100)


class ListPage(ScopedMixin, TemplateView):
    """Attributes: queryset, filterset_class, table_class, title, lead, head_actions, tabs, empty_* texts, read_basis.

    Addresses: `?<filter>=…&sortierung=-column&seite=2&je_seite=25&export=xlsx`. An htmx-free page: every control is
    a link or a GET form.
    """

    template_name = "web/list.html"
    filterset_class = None
    table_class = None
    lead = ""
    page_size = 25
    head_actions: tuple[Action, ...] = ()
    tabs: tuple = ()  # (label, query) of ready-made views, e.g. ("Überfällig", "faellig=ueber&sortierung=due_on")
    legend = ""  # one line under the table that explains signs
    empty_title = ""
    empty_text = "Sobald es Einträge gibt, stehen sie hier."
    empty_action: Action | None = None
    read_basis = "Sachbearbeitung"
    noun = ""  # plural for "38 Objekte"; default: the model's verbose_name_plural
    singular = ""  # for "1 Objekt"
    strict_fetch = (
        False  # True: a query hidden in a cell raises (tests); False: it is fetched for all rows at once
    )

    @classmethod
    def policy_rows(cls):
        return False

    def get_queryset(self):
        return super().get_queryset().fetch_mode(FETCH_RAISE if self.strict_fetch else FETCH_PEERS)

    def get_title(self):
        return self.title or str(self.model._meta.verbose_name_plural)

    def get_noun(self):
        return self.noun or str(self.model._meta.verbose_name_plural)

    def get_singular(self):
        return self.singular or (str(self.model._meta.verbose_name) if not self.noun else self.noun)

    def get_filterset(self):
        if self.filterset_class is None:
            return None
        return self.without_stale(self.make_filterset(self.request.GET), self.make_filterset)

    def make_filterset(self, data):
        return self.filterset_class(
            data,
            self.get_queryset(),
            request=self.request,
            hidden=self.hidden,
            codes=rights.codes(self.request),
        )

    def get_rows(self):
        """The filtered rows; a broken filter value shows nothing instead of everything."""
        if self.filterset is None:
            return self.get_queryset()
        return self.filterset.qs if self.filterset.is_valid() else self.filterset.queryset.none()

    def get_table_kwargs(self):
        return {}

    def make_table(self, rows):
        """The table, ordered as the URL says, with a unique last sort key."""
        kwargs = {"codes": rights.codes(self.request), "hidden": self.hidden} | self.get_table_kwargs()
        wanted = self.request.GET.get("sortierung", "")
        if wanted:
            kwargs["order_by"] = [name for name in wanted.split(",")[:3] if name]
        if extra := self.bulk_columns():
            kwargs["extra_columns"] = [*kwargs.get("extra_columns", ()), *extra]
            own = kwargs.get("sequence") or getattr(self.table_class._meta, "sequence", None) or ("...",)
            kwargs["sequence"] = ("auswahl", *own) if "..." in own else ("auswahl", *own, "...")
        chosen = self.chosen_columns()
        if chosen:
            front = ("auswahl",) if self.bulk_columns() else ()
            kwargs["sequence"] = (*front, *chosen, "...")
        table = self.table_class(rows, **kwargs)
        if chosen:
            table.show_only(chosen)
        ordered = table.data.data
        given = ordered.query.order_by or (
            ordered.query.get_meta().ordering if ordered.query.default_ordering else ()
        )
        if "pk" not in given and "-pk" not in given:
            table.data.data = ordered.order_by(*given, "pk")
        return table

    def get(self, request, *args, **kwargs):
        if answer := self.default_redirect():
            return answer
        self.filterset = self.get_filterset()
        table = self.make_table(self.get_rows())
        if kind := request.GET.get("export"):
            return self.export(table, kind)
        page = self.paginate(table.data.data)
        table.data.data = page.object_list
        self.log_list(page)
        return self.render_to_response(self.get_context_data(table=table, page_obj=page))

    def paginate(self, rows):
        try:
            size = int(self.request.GET.get("je_seite", self.page_size))
        except ValueError:
            size = self.page_size
        paginator = CappedPaginator(rows, size if size in SIZES else self.page_size)
        paginator.counted_to = settings.SOE_EXPORT_JOB_ROWS
        try:
            return paginator.page(self.request.GET.get("seite", 1))
        except (PageNotAnInteger, EmptyPage) as error:
            raise Http404("Diese Seite gibt es nicht.") from error

    def log_list(self, page):
        if self.model.social_data:
            kind = "search" if self.filterset is not None and self.filterset.chips() else "list"
            log_read(kind, self.model, basis=self.read_basis, hits=len(page.object_list))

    def export(self, table, kind):
        """Streams every row of the list, not only the shown page."""
        if kind not in export.CONTENT_TYPES:
            raise Http404("Diesen Export gibt es nicht.")
        rows = table.data.data
        if self.model.social_data:
            log_read("export", self.model, basis=self.read_basis, hits=rows.order_by().count())
        log_security("export", model=self.model, detail=kind)
        header = [str(column.header) for column in table.export_columns()]
        # A right that ends meanwhile breaks a stream off; a file that is built first is not sent at all.
        values = table.export_rows(checked_rows(self, rows))
        if kind == "csv":
            return export.csv_response(header, values, self.get_title())
        try:
            return export.xlsx_response(header, values, self.get_title(), title=self.get_title())
        except RightsWithdrawn as error:
            raise PermissionDenied from error

    def is_long(self, page):
        """Too many rows to wait for: the export is offered as a job."""
        return page.paginator.counted > settings.SOE_EXPORT_JOB_ROWS

    def allowed(self, entries):
        from dataclasses import replace

        from django.urls import reverse

        result = []
        for entry in entries:
            if rights.may(self.request, entry.model or self.model, entry.action):
                result.append(replace(entry, url=(entry.url or reverse(entry.url_name)) + entry.query))
        return result

    def get_tabs(self):
        """(label, address, current, count or None)"""
        shown = self.request.GET.copy()
        for name in ("seite", "je_seite", "sortierung", "spalten", "wahl", "gespeichert", "standard"):
            shown.pop(name, None)
        current = shown.urlencode()
        return [
            (
                label,
                f"?{query}" if query else self.request.path,
                query.split("&sortierung=")[0] == current,
                None,
            )
            for label, query in self.tabs
        ]

    def address(self, **changes):
        """The query string of this list with `changes` (None removes a key)."""
        query = self.request.GET.copy()
        for name in ("export", "wahl", "standard"):
            query.pop(name, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        return query.urlencode()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        page = context["page_obj"]
        filtered = bool(self.filterset is not None and self.filterset.chips())
        context.update(
            filter=self.filterset,
            chips=self.filterset.chips() if self.filterset is not None else [],
            filtered=filtered,
            filter_errors=bool(self.filterset is not None and self.filterset.errors),
            count=page.paginator.count,
            capped=page.paginator.capped,
            export_as_job=self.is_long(page),
            count_limit=LIMIT,
            noun=self.get_noun(),
            noun_shown=self.get_noun() if page.paginator.count != 1 else self.get_singular(),
            lead=self.lead,
            legend=self.legend,
            head_actions=self.allowed(self.head_actions),
            tabs=self.get_tabs(),
            sizes=[
                (size, self.address(je_seite=size, seite=None), size == page.paginator.per_page)
                for size in SIZES
            ],
            page_query=self.address(seite=None),
            export_query=self.address(seite=None, je_seite=None),
            sort_query=self.address(seite=None, sortierung=None),
            keep=[
                (k, v)
                for k, v in self.request.GET.items()
                if k in ("sortierung", "je_seite", "spalten", "gespeichert")
            ],
            empty_title=self.empty_title or f"Noch keine {self.get_noun()}",
            empty_text=self.empty_text,
            empty_action=next(iter(self.allowed([self.empty_action])), None) if self.empty_action else None,
        )
        return context


class ScopedListView(SavedViewsMixin, BulkMixin, ColumnsMixin, ListPage):
    """The list every app uses: see ListPage; with `bulk_actions` (soe.web.bulk), `list_params`, `column_choice`."""
