"""The part of a list that knows saved views: tabs, a default, and hints about what no longer holds."""

import re
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse

from ..saved import queries
from ..saved.models import SavedView
from ..tokens import new_token


class SavedViewsMixin:
    """`list_params`: keys of the address that the list reads itself, beside its filters (kept in a saved view)."""

    saved_views = True
    list_params: tuple = ()

    @cached_property
    def list_key(self):
        match = self.request.resolver_match
        return match.view_name if match is not None and not match.kwargs else ""

    @property
    def list_settings(self):
        """The reader's own settings of this list: `spalten`, `ansicht`. They travel with the account: no query."""
        preferences = self.request.user.preferences or {}
        found = (preferences.get("lists") or {}).get(self.list_key) or {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def views(self):
        """The views this reader sees at this list; one query."""
        if not self.saved_views or not self.list_key:
            return []
        rows = SavedView.objects.restrict(self.request.user, "view").filter(route=self.list_key)
        return list(rows.select_related("department")[:40])

    @cached_property
    def marked(self):
        """The view this address came from."""
        mark = self.request.GET.get(queries.MARK, "")
        return next((view for view in self.views if str(view.pk) == mark), None)

    def default_redirect(self):
        """To the reader's default view, when she comes to the bare list."""
        wanted = self.list_settings.get("ansicht")
        if not wanted or self.request.GET:
            return None
        view = next((view for view in self.views if str(view.pk) == wanted), None)
        return HttpResponseRedirect(view.get_absolute_url()) if view else None

    @property
    def bare_url(self):
        """The list without any filter, even where a default view is set."""
        return (
            f"{self.request.path}?{queries.OFF}=aus"
            if self.list_settings.get("ansicht")
            else self.request.path
        )

    def without_stale(self, filterset, make):
        """A saved view whose filters no longer hold shows the rest, and says so (see `hints`)."""
        if self.marked is None or filterset is None:
            return filterset
        known = {*filterset.form.fields, *queries.PASSING, queries.ORDER, queries.SIZE, queries.COLUMNS}
        stale = set(filterset.errors) - {"__all__"}
        unknown = {key for key, _ in queries.pairs(self.request.GET)} - known - set(self.list_params)
        self.stale = [
            str(filterset.form.fields[name].label or name) for name in filterset.form.fields if name in stale
        ]
        self.stale_unknown = bool(unknown)
        if not stale:
            return filterset
        data = self.request.GET.copy()
        for name in stale:
            data.pop(name, None)
        return make(data)

    def hints(self):
        found = []
        if stale := getattr(self, "stale", []):
            names = ", ".join(f"„{name}“" for name in stale)
            found.append(f"Aus dieser Ansicht gilt nicht mehr und ist weggelassen: {names}.")
        elif getattr(self, "stale_unknown", False):
            found.append("Ein Filter dieser Ansicht gilt hier nicht (mehr) und ist weggelassen.")
        if self.marked is not None and self.table_class is not None:
            order = self.request.GET.get(queries.ORDER, "")
            wanted = {name.lstrip("-") for name in order.split(",")} | set(self.asked_columns())
            if wanted - set(self.known_columns()) - {""}:
                found.append(
                    "Eine Spalte dieser Ansicht steht Ihnen hier nicht zur Verfügung und ist weggelassen."
                )
        return found

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["reset_url"] = self.bare_url
        context["hints"] = self.hints()
        if not self.saved_views or not self.list_key:
            return context
        now = queries.pairs(self.request.GET)
        current = self.marked or next(
            (v for v in self.views if v.query and queries.pairs(v.query) == now), None
        )
        changed = current is not None and queries.pairs(current.query) != now
        context["tabs"] = [
            (label, self._plain(url), selected and current is None, count)
            for label, url, selected, count in context["tabs"]
        ]
        asked = [p for p in now if p[0] != queries.COLUMNS or not self.chosen_columns()]
        query = queries.encoded(
            [*asked, *([(queries.COLUMNS, ",".join(self.chosen_columns()))] if self.chosen_columns() else [])]
        )
        context.update(
            saved=[(view, view is current, view is current and changed) for view in self.views],
            current_view=current,
            current_changed=changed,
            current_is_mine=current is not None and current.owner_id == self.request.user.pk,
            current_is_default=current is not None and str(current.pk) == self.list_settings.get("ansicht"),
            view_query=query,
            fresh_token=new_token,  # called anew for each button
            save_url=f"{reverse('web:view_create', args=[self.list_key])}?{urlencode({'query': query})}",
        )
        return context

    def _plain(self, url):
        """The address of a fixed tab: without the mark of a saved view, and not led to the default view."""
        url = re.sub(rf"([?&])(?:{queries.MARK}|{queries.OFF})=[^&#]*&?", r"\1", url).rstrip("?&")
        return self.bare_url if url in (self.request.path, "") else url
