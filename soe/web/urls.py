"""Start, search, history, the page of building blocks."""

from django.urls import include, path

from .bulk.views import BulkView
from .drafts.views import DraftDropView, DraftListView
from .views.blocks import BlocksView
from .views.history import HistoryView
from .views.search import SearchHitsView, SearchView
from .views.start import StartView, ThemeView

app_name = "web"

urlpatterns = [
    path("", StartView.as_view(), name="start"),
    path("suche/", SearchView.as_view(), name="search"),
    path("suche/treffer/", SearchHitsView.as_view(), name="search_hits"),
    path("verlauf/<str:label>/<uuid:pk>/", HistoryView.as_view(), name="history"),
    path("sammelbearbeitung/<uuid:pk>/", BulkView.as_view(), name="bulk"),
    path("konto/entwuerfe/", DraftListView.as_view(), name="drafts"),
    path("konto/entwuerfe/<uuid:pk>/verwerfen/", DraftDropView.as_view(), name="draft_drop"),
    path("konto/bausteine/", BlocksView.as_view(), name="blocks"),
    path("konto/darstellung/", ThemeView.as_view(), name="theme"),
    path("", include("soe.web.comments.urls")),
    path("", include("soe.web.notices.urls")),
    path("", include("soe.web.jobs.urls")),
    path("", include("soe.web.imports.urls")),
]
