from django.urls import path

from . import views

urlpatterns = [
    path("import/", views.OverviewView.as_view(), name="imports"),
    path("import/vorgang/<uuid:pk>/", views.ImportView.as_view(), name="import_detail"),
    path("import/vorgang/<uuid:pk>/spalten/", views.MappingView.as_view(), name="import_mapping"),
    path("import/vorgang/<uuid:pk>/uebernehmen/", views.TakeView.as_view(), name="import_take"),
    path("import/vorgang/<uuid:pk>/verwerfen/", views.DiscardView.as_view(), name="import_discard"),
    path(
        "import/vorgang/<uuid:pk>/abgewiesen.<slug:kind>",
        views.RejectedView.as_view(),
        name="import_rejected",
    ),
    path("import/<slug:name>/", views.UploadView.as_view(), name="import_upload"),
    path("import/<slug:name>/vorlage.<slug:kind>", views.PatternView.as_view(), name="import_pattern"),
]
