"""Global search: grouped hits the reader may see; the same as a fragment under the search field."""

from django.views.generic import TemplateView

from .. import registry, rights
from ..policy import Policy
from .base import RequestMixin

MINIMUM = 2


class SearchMixin(RequestMixin):
    limit = 20

    @classmethod
    def policy(cls):
        return Policy(methods=("GET",), note="finds only what restrict() allows")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        query = " ".join(self.request.GET.get("q", "").replace("\0", "").split())[:200]
        kind = self.request.GET.get("art", "")
        groups = []
        if len(query) >= MINIMUM:
            codes = rights.codes(self.request)
            limit = 100 if kind else self.limit
            groups = registry.search.find(self.request.user, codes, query, limit=limit, kind=kind or None)
        context.update(
            query=query,
            search_query=query,
            groups=groups,
            kind=kind,
            total=sum(len(hits) for _, hits in groups),
            too_short=0 < len(query) < MINIMUM,
        )
        return context


class SearchView(SearchMixin, TemplateView):
    """/suche/?q=…: every kind with its hits."""

    title = "Suche"
    template_name = "web/search.html"

    def get_title(self):
        query = " ".join(self.request.GET.get("q", "").split())[:80]
        return f"Suche nach „{query}“" if query else self.title


class SearchHitsView(SearchMixin, TemplateView):
    """The fragment under the search field: at most a handful per kind."""

    template_name = "web/search_hits.html"
    limit = 4
