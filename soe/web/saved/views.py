"""/ansichten/…: saving, naming, sharing, copying and removing views, the default view, and the columns of a list."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from .. import rights
from ..forms import Form
from ..tables import Column, Table, TitleColumn
from ..views.base import PageView
from ..views.edit import ActionView, ScopedCreateView, ScopedUpdateView
from ..views.lists import ScopedListView
from . import queries
from .forms import SavedViewForm
from .models import SavedView

OVERVIEW = "Meine Ansichten"


def list_at(request, path, query=""):
    """The list behind `path` as this person would see it with `query`, or 404; 403 where she may not come."""
    if not path.startswith("/") or path.startswith("//"):
        raise Http404
    try:
        match = resolve(path)
    except Resolver404:
        raise Http404 from None
    view_class = getattr(match.func, "view_class", None)
    if view_class is None or not issubclass(view_class, ScopedListView) or match.kwargs:
        raise Http404
    if not rights.may(request, view_class.queryset.model, view_class.action):
        raise PermissionDenied
    view = view_class()
    view.setup(_Asked(request, path, query, match))
    view.filterset = view.get_filterset()
    return view


class _Asked:
    """The same person asking for another address; a list reads nothing else of a request."""

    method = "GET"

    def __init__(self, request, path, query, match):
        self.user, self.path, self.resolver_match = request.user, path, match
        self.GET, self.POST, self.META = QueryDict(query[:4000]), QueryDict(), request.META


def set_list_settings(user, key, **values):
    """Keep what this person chose for one list; None forgets it."""
    user.lock()
    preferences = dict(user.preferences or {})
    lists = dict(preferences.get("lists") or {})
    mine = {k: v for k, v in ((lists.get(key) or {}) | values).items() if v}
    lists = {k: v for k, v in (lists | {key: mine}).items() if v}
    user.preferences = preferences | {"lists": lists}
    user.save(update_fields=["preferences"], reason="Einstellungen einer Liste")


class SavedViewCreateView(ScopedCreateView):
    """`/ansichten/neu/<route>/?query=…`: saves what the filters of that list accept of the query, nothing else."""

    queryset = SavedView.objects.all()
    form_class = SavedViewForm
    title = "Ansicht speichern"
    submit_label = "Ansicht speichern"
    lead = "Filter, Reihenfolge und Spalten der Liste unter einem Namen."
    success_message = "Die Ansicht „{object}“ ist gespeichert."

    def prepare(self):
        try:
            path = reverse(self.kwargs["route"])
        except NoReverseMatch:
            raise Http404 from None
        self.list = list_at(self.request, path, self.request.GET.get("query", ""))
        self.query, self.left_out = queries.storable(self.list)

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        kwargs["instance"].owner = self.request.user
        kwargs["instance"].route, kwargs["instance"].query = self.list.list_key, self.query
        return kwargs

    def after_save(self, form):
        super().after_save(form)
        if self.left_out:
            names = ", ".join(f"„{name}“" for name in self.left_out)
            messages.warning(
                self.request,
                f"Nicht mitgespeichert: {names}. Freie Suchworte in Listen mit Sozialdaten könnten Namen sein.",
            )

    def get_crumbs(self):
        return [(self.list.get_title(), self.get_cancel_url())]

    def get_cancel_url(self):
        return f"{self.list.request.path}?{self.query}" if self.query else self.list.request.path


class OnView:
    queryset = SavedView.objects.select_related("department", "owner")

    def get_crumbs(self):
        return [(OVERVIEW, reverse("web:views"))]

    def get_cancel_url(self):
        return self.object.get_absolute_url()


class SavedViewUpdateView(OnView, ScopedUpdateView):
    form_class = SavedViewForm
    title = "Ansicht umbenennen oder teilen"
    success_message = "Die Ansicht „{object}“ ist geändert."


class SavedViewDeleteView(OnView, ActionView):
    form_class = Form
    title = submit_label = "Ansicht löschen"
    success_message = "Die Ansicht ist gelöscht."
    danger = True
    keep_in_scope = None

    @property
    def lead(self):
        shared = self.object.sharing != SavedView.Sharing.PRIVATE
        return (
            f"„{self.object}“ verschwindet für alle, mit denen sie geteilt ist."
            if shared
            else f"„{self.object}“"
        )

    def perform(self, obj, form):
        path = obj.path or reverse("web:views")
        obj.delete(reason="Ansicht gelöscht")
        return path


class OneClick(OnView, ActionView):
    """A button beside the view: acts at once."""

    form_class = Form

    @classmethod
    def offered_methods(cls):
        return ("POST",)

    def get(self, request, *args, **kwargs):
        return HttpResponseNotAllowed(["POST"])

    def seen_rows(self):
        return None  # the button stands beside the list, not on a page of the view


class SavedViewCopyView(OneClick):
    action = "view"
    title = "Ansicht kopieren"
    success_message = "Ihre eigene Kopie ist angelegt."

    def perform(self, obj, form):
        return obj.copy_for(self.request.user)


class SavedViewKeepView(OneClick):
    """The list as it stands now becomes the content of the view."""

    title = "Ansicht ändern"
    success_message = "Die Ansicht zeigt jetzt diese Filter und Spalten."

    def perform(self, obj, form):
        asked = list_at(self.request, obj.path, self.request.POST.get("query", ""))
        obj.query, _ = queries.storable(asked)
        obj.save(reason="Filter und Spalten übernommen")


class SavedViewDefaultView(OneClick):
    """The bare list opens with this view, for this person; a second click ends that."""

    action = "view"
    title = "Standardansicht"
    success_message = ""

    def perform(self, obj, form):
        user = self.request.user
        now = ((user.preferences or {}).get("lists") or {}).get(obj.route, {}).get("ansicht")
        on = now != str(obj.pk)
        set_list_settings(user, obj.route, ansicht=str(obj.pk) if on else None)
        messages.success(
            self.request,
            f"Die Liste öffnet sich jetzt mit „{obj}“."
            if on
            else "Die Liste öffnet sich wieder wie vorgesehen.",
        )


class ColumnsView(PageView):
    """POST from the column chooser of a list: show, move one column, remember for this person, or as it was."""

    token_required = False  # the order comes whole with each POST
    title = "Spalten"

    @classmethod
    def offered_methods(cls):
        return ("POST",)

    def get(self, request, *args, **kwargs):
        return HttpResponseNotAllowed(["POST"])

    def post(self, request, *args, **kwargs):
        posted = request.POST
        asked = list_at(request, posted.get("liste", ""), posted.get("query", ""))
        known = asked.known_columns()
        order = [name for name in dict.fromkeys(posted.getlist("reihe")) if name in known]
        for step, key in ((-1, "hoch"), (1, "runter")):
            if (name := posted.get(key)) in order:
                at = order.index(name)
                to = min(max(at + step, 0), len(order) - 1)
                order[at], order[to] = order[to], order[at]
        wanted = {*posted.getlist("spalte"), asked.table_class.header_column()}
        chosen = [name for name in order if name in wanted]
        query = asked.request.GET.copy()
        for name in ("spalten", "wahl", "seite"):
            query.pop(name, None)
        if "standard" in posted:
            set_list_settings(request.user, asked.list_key, spalten=None)
            chosen = asked.standard_columns()
            messages.success(request, "Die Liste zeigt wieder die vorgesehenen Spalten.")
        elif "merken" in posted:
            same = chosen == asked.standard_columns()
            set_list_settings(request.user, asked.list_key, spalten=None if same else ",".join(chosen))
            messages.success(request, "Ihre Spalten sind für diese Liste gemerkt.")
        elif chosen:
            query["spalten"] = ",".join(chosen)
        if posted.get("hoch") or posted.get("runter"):
            query["wahl"] = "spalten"
        address = f"{asked.request.path}?{query.urlencode()}" if query else asked.request.path
        return HttpResponseRedirect(address)


class SavedViewTable(Table):
    name = TitleColumn(verbose_name="Ansicht", order_by=("name", "pk"))
    list_title = Column(verbose_name="Liste", orderable=False, empty_values=())
    shared_with = Column(verbose_name="Wer sieht sie?", orderable=False)
    owner = Column(verbose_name="Angelegt von", orderable=False)

    class Meta:
        order_by = ("name",)

    caption = "Gespeicherte Ansichten"

    def render_list_title(self, record):
        try:
            view = getattr(resolve(record.path).func, "view_class", None)
        except Resolver404:
            return "gibt es nicht mehr"
        return view.title or str(view.queryset.model._meta.verbose_name_plural)

    value_list_title = render_list_title


class SavedViewListView(ScopedListView):
    queryset = SavedView.objects.select_related("department", "owner")
    table_class = SavedViewTable
    title = OVERVIEW
    noun, singular = "Ansichten", "Ansicht"
    lead = "Ihre eigenen und die mit Ihnen geteilten Ansichten aller Listen."
    empty_title = "Noch keine gespeicherten Ansichten"
    empty_text = "Stellen Sie in einer Liste Filter und Spalten ein und wählen Sie „Ansicht speichern“."
