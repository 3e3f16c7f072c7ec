"""Start, search, history, the page of building blocks."""

from django.urls import include, path

from .bulk.views import BulkView
from .drafts.views import DraftDropView, DraftListView
from .guidance import views as guidance
from .quick import MadeView
from .removal.views import BinView, RemoveView, RestoreView
from .saved import views as saved
from .views.blocks import BlocksView
from .views.history import CompareView, HistoryView
from .views.search import SearchHitsView, SearchView
from .views.start import StartView, ThemeView

app_name = "web"

urlpatterns = [
    path("", include("soe.web.files.urls")),
    path("", include("soe.web.letters.urls")),
    path("", StartView.as_view(), name="start"),
    path("suche/", SearchView.as_view(), name="search"),
    path("suche/treffer/", SearchHitsView.as_view(), name="search_hits"),
    path("verlauf/<str:label>/<uuid:pk>/", HistoryView.as_view(), name="history"),
    path("verlauf/<str:label>/<uuid:pk>/vergleich/", CompareView.as_view(), name="history_compare"),
    path("hilfe/rundgang/", guidance.TourPage.as_view(), name="tour"),
    path("konto/rundgang/", guidance.TourDoneView.as_view(), name="tour_done"),
    path("verwaltung/hilfetexte/", guidance.HelpTextsView.as_view(), name="help_texts"),
    path("verwaltung/hilfetexte/<str:route>/", guidance.HelpTextView.as_view(), name="help_text"),
    path("neu-angelegt/<str:label>/<uuid:pk>/", MadeView.as_view(), name="made"),
    path("ansichten/", saved.SavedViewListView.as_view(), name="views"),
    path("ansichten/neu/<str:route>/", saved.SavedViewCreateView.as_view(), name="view_create"),
    path("ansichten/spalten/", saved.ColumnsView.as_view(), name="list_columns"),
    path("ansichten/<uuid:pk>/", saved.SavedViewUpdateView.as_view(), name="view_update"),
    path("ansichten/<uuid:pk>/loeschen/", saved.SavedViewDeleteView.as_view(), name="view_delete"),
    path("ansichten/<uuid:pk>/kopieren/", saved.SavedViewCopyView.as_view(), name="view_copy"),
    path("ansichten/<uuid:pk>/uebernehmen/", saved.SavedViewKeepView.as_view(), name="view_keep"),
    path("ansichten/<uuid:pk>/standard/", saved.SavedViewDefaultView.as_view(), name="view_default"),
    path("sammelbearbeitung/<uuid:pk>/", BulkView.as_view(), name="bulk"),
    path("konto/entwuerfe/", DraftListView.as_view(), name="drafts"),
    path("konto/entwuerfe/<uuid:pk>/verwerfen/", DraftDropView.as_view(), name="draft_drop"),
    path("konto/papierkorb/", BinView.as_view(), name="bin"),
    path("konto/papierkorb/<str:label>/<uuid:pk>/", RestoreView.as_view(), name="restore"),
    path("entfernen/<str:label>/<uuid:pk>/", RemoveView.as_view(), name="remove"),
    path("konto/bausteine/", BlocksView.as_view(), name="blocks"),
    path("konto/darstellung/", ThemeView.as_view(), name="theme"),
    path("", include("soe.web.calendars.urls")),
    path("", include("soe.web.comments.urls")),
    path("", include("soe.web.access.urls")),
    path("", include("soe.web.notices.urls")),
    path("", include("soe.web.jobs.urls")),
    path("", include("soe.web.imports.urls")),
]
