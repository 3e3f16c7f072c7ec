"""Long exports as jobs, and the question every export asks again and again: may this person still see these rows?"""

from itertools import islice

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve

from soe.audit.events import log_security
from soe.audit.reads import log_read
from soe.departments import asking

from .. import export
from .kinds import JobFailed, RightsWithdrawn, job

WITHDRAWN = "Ihre Rechte haben sich geändert. Der Export wurde deshalb abgebrochen."


def list_view(user, path, query=""):
    """The list page at `path` as this person would open it, without a browser. Raises Http404, PermissionDenied."""
    from ..views.lists import ListPage

    try:
        match = resolve(path)
    except Resolver404:
        raise Http404 from None
    view_class = getattr(match.func, "view_class", None)
    if view_class is None or not issubclass(view_class, ListPage):
        raise Http404
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.user, request.GET, request.resolver_match = user, QueryDict(query), match
    return _opened(view_class(**match.func.view_initkwargs), request, match.args, match.kwargs)


def _opened(view, request, args, kwargs):
    view.setup(request, *args, **kwargs)
    if not request.user.is_active:
        raise PermissionDenied
    view.check_access()
    return view


def again(view):
    """The same page for the same person as she is now: account, memberships and rights read anew."""
    old = view.request
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", old.path, old.path_info
    request.GET, request.resolver_match = old.GET, old.resolver_match
    request.user = get_user_model().objects.get(pk=old.user.pk)
    return _opened(type(view)(), request, view.args, view.kwargs)


def checked_rows(view, rows, progress=None):
    """The rows of a list in chunks; before each chunk leaves, the rights are asked again. Raises RightsWithdrawn."""
    iterator, done = rows.iterator(chunk_size=export.CHUNK), 0
    while chunk := list(islice(iterator, export.CHUNK)):
        yield from still_visible(view, chunk)
        done += len(chunk)
        if progress:
            progress(done)


def still_visible(view, chunk):
    keys = [row.pk for row in chunk]
    try:
        with asking.anew():  # whatever this request knew before
            reachable = again(view).get_queryset().filter(pk__in=keys).order_by()
    except PermissionDenied:
        raise RightsWithdrawn(WITHDRAWN) from None
    seen = set(reachable.values_list("pk", flat=True))
    missing = [key for key in keys if key not in seen]
    # What was deleted meanwhile is no matter of rights; what is there and out of reach is.
    if missing and view.queryset.model._base_manager.filter(pk__in=missing).exists():
        raise RightsWithdrawn(WITHDRAWN)
    return [row for row in chunk if row.pk in seen]


def may_export(user, params):
    try:
        list_view(user, params.get("path", ""))
    except (Http404, PermissionDenied):
        return False
    return True


@job("export", title="Liste exportieren", permission=may_export, forgets=("query",))
def export_list(run, path, query, kind):
    view = list_view(run.user, path, query)
    view.filterset = view.get_filterset()
    table = view.make_table(view.get_rows())
    rows = table.data.data
    total = rows.order_by().count()
    if view.model.social_data:
        log_read("export", view.model, basis=view.read_basis, hits=total)
    log_security("export", model=view.model, detail=kind)
    header = [str(column.header) for column in table.export_columns()]
    values = table.export_rows(checked_rows(view, rows, lambda done: run.progress(done, total)))
    name = export.file_name(view.get_title(), kind)
    if kind == "csv":
        run.result_file(name, (line.encode() for line in export.csv_lines(header, values)))
    elif kind == "xlsx":
        with export.xlsx_file(header, values, view.get_title()) as file:
            run.result_file(name, file)
    else:
        raise JobFailed("Diesen Export gibt es nicht.")
    run.summary(f"{total} Zeilen exportiert.")
