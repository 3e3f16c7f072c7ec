from django.urls import path

from . import views

BASE = "verwaltung/auskunft/"
urlpatterns = [
    path(BASE, views.DisclosureListView.as_view(), name="disclosure_list"),
    path(f"{BASE}neu/", views.DisclosureCreateView.as_view(), name="disclosure_add"),
]
