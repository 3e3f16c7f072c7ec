"""An earlier value as a new change: through the record's own edit form, with its rights, its checks and its version.

„Verlauf“ leads to that form with the old value filled in; the person looks at it and saves. So nothing can be restored
that she may not change: fields without a form (states, numbers) have no such way.
"""

from functools import lru_cache
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver, get_urlconf, reverse

from soe.audit.context import acting_as
from soe.audit.states import Stateful

from . import text

VERSION, FIELD = "aus_verlauf", "feld"


@lru_cache(maxsize=8)
def _edit_views(urlconf):
    """{model: [(route name, view class, names of its form's fields)]} of all plain edit pages."""
    from .views.edit import ScopedUpdateView

    found: dict = {}

    def walk(resolver, namespace):
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
                continue
            view = getattr(pattern.callback, "view_class", None) if isinstance(pattern, URLPattern) else None
            if view is None or not issubclass(view, ScopedUpdateView) or not pattern.name:
                continue
            if set(pattern.pattern.converters) != {getattr(view, "pk_url_kwarg", "pk")}:
                continue
            fields = frozenset(getattr(view.form_class, "base_fields", ()))
            found.setdefault(view.queryset.model, []).append((f"{namespace}{pattern.name}", view, fields))

    walk(get_resolver(urlconf), "")
    return found


def views_for(model):
    return _edit_views(get_urlconf()).get(model, [])


def restorable(model, name) -> bool:
    """Whether a field may be brought back at all: a state is the result of steps, never a value to type."""
    if name == "state" and issubclass(model, Stateful):
        return False
    field = next((f for f in model._meta.concrete_fields if f.name == name), None)
    return field is not None and field.editable and name not in model.history_excluded


class Restorer:
    """Addresses under which this reader may bring values back; one query per edit page, however many values."""

    def __init__(self, request):
        self.request = request
        self._allowed: dict = {}

    def allow(self, model, pks):
        """Ask the rights for these rows at once."""
        for _, view, _ in views_for(model):
            known = self._allowed.setdefault(view, {})
            wanted = [pk for pk in pks if pk not in known]
            if wanted:
                rows = view.queryset.all().restrict(self.request.user, view.action)
                mine = set(rows.filter(pk__in=wanted).order_by().values_list("pk", flat=True))
                known.update((pk, pk in mine) for pk in wanted)

    def url(self, model, pk, name, history_id) -> str:
        """Where the value of `name` in that version can be taken over; empty when this reader may not."""
        if history_id is None or not restorable(model, name):
            return ""
        for route, view, fields in views_for(model):
            if name in fields and self._allowed.get(view, {}).get(pk):
                query = urlencode({VERSION: history_id, FIELD: name})
                return f"{reverse(route, kwargs={getattr(view, 'pk_url_kwarg', 'pk'): pk})}?{query}"
        return ""


class RestoreMixin:
    """For edit pages: fills one field from an earlier version when the address says so."""

    _restored = None

    def restored(self):
        """(field, value, moment) of the earlier version the address names; None when there is no such right."""
        if self._restored is None:
            self._restored = self._find() or ()
        return self._restored or None

    def _find(self):
        asked, name = self.request.GET.get(VERSION, ""), self.request.GET.get(FIELD, "")
        fields = getattr(self.form_class, "base_fields", ())
        if not asked.isdigit() or len(asked) > 18 or name not in fields or name in self.hidden:
            return None
        if self.object is None or not restorable(self.model, name):
            return None
        action = "history" if "history" in self.model.scope.rules else "view"
        if not self.can(action, self.object):
            return None
        row = self.model.history.model.objects.filter(history_id=int(asked), id=self.object.pk).first()
        field = row and next((f for f in row.tracked_fields if f.name == name), None)
        return (name, getattr(row, field.attname), row.history_date) if field else None

    def get_initial(self):
        initial = super().get_initial()
        if found := self.restored():
            initial[found[0]] = found[1]
        return initial

    def save(self, form):
        found = self.restored()
        chosen = form.cleaned_data.get(found[0]) if found else None
        if not found or getattr(chosen, "pk", chosen) != found[1]:
            return super().save(form)  # no version named, or the person typed something else after all
        with acting_as(self.request.user, reason=f"Wert vom {text.moment(found[2])} übernommen"):
            return super().save(form)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if (found := self.restored()) and found[0] in context["form"].fields:
            label = context["form"].fields[found[0]].label
            note = f"Aus dem Verlauf übernommen: „{label}“ vom {text.moment(found[2])}. Bitte prüfen und speichern."
            context["lead"] = f"{note} {context.get('lead') or ''}".strip()
        return context
