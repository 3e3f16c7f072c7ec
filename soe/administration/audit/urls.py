from django.urls import path

from . import views

urlpatterns = [
    path("verwaltung/aenderungen/", views.ChangesView.as_view(), name="changes"),
    path("verwaltung/sicherheit/", views.SecurityListView.as_view(), name="security"),
    path("verwaltung/auffaellig/", views.AnomaliesView.as_view(), name="anomalies"),
    path("verwaltung/siegel/", views.SealsView.as_view(), name="seals"),
]
