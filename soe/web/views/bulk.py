"""The part of a list that offers bulk actions: ticks, the bar above the table, and the POST that begins a run."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect

from .. import rights, text
from ..bulk import running
from ..tables import SelectColumn
from ..tokens import new_token


class BulkMixin:
    """`bulk_actions`: what may be done to many rows at once (see `soe.web.bulk.BulkAction`).

    POST on the address of the list with `aktion` and either `selected` (ids) or `alle` (every hit of this address)
    begins a run and leads to its page; nothing changes before the preview there is confirmed.
    """

    bulk_actions: tuple = ()

    @classmethod
    def offered_methods(cls):
        return ("GET", "POST") if cls.bulk_actions else ("GET",)

    def allowed_bulk_actions(self):
        return [a for a in self.bulk_actions if rights.may(self.request, self.model, a.action)]

    def post(self, request, *args, **kwargs):
        if not self.bulk_actions:
            return HttpResponseNotAllowed(["GET"])
        wanted = request.POST.get("aktion", "")
        action = next((a for a in self.allowed_bulk_actions() if a.key == wanted), None)
        if action is None:
            raise Http404
        ids = self.chosen_ids()
        if not ids or len(ids) > running.MOST:
            messages.warning(
                request,
                f"Das sind mehr als {text.number(running.MOST)} Einträge. Bitte grenzen Sie die Liste mit Filtern ein."
                if ids
                else "Es ist nichts ausgewählt. Bitte haken Sie die Einträge an, um die es geht.",
            )
            return HttpResponseRedirect(request.get_full_path())
        run = running.start(
            request.user, path=request.path, query=self.address(seite=None), action=action, ids=ids
        )
        return HttpResponseRedirect(run.get_absolute_url())

    def chosen_ids(self):
        """Ids of the ticked rows, or of all rows of this address; only what the reader sees, one more than allowed."""
        if self.request.POST.get("alle"):
            self.filterset = self.get_filterset()
            rows = self.make_table(self.get_rows()).data.data
        else:
            ticked = {pk for value in self.request.POST.getlist("selected")[:1000] if (pk := _uuid(value))}
            rows = self.get_queryset().filter(pk__in=ticked)
        return list(rows.values_list("pk", flat=True)[: running.MOST + 1])

    def bulk_columns(self):
        """The tick column, when there is something to tick for."""
        return [("auswahl", SelectColumn(form="sammel"))] if self.allowed_bulk_actions() else []

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if actions := self.allowed_bulk_actions():
            context["bulk_actions"] = actions
            context["bulk_query"] = self.address(seite=None)
            context["bulk_limit"] = running.MOST
            context["form_token"] = new_token()
        return context


def _uuid(value):
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
