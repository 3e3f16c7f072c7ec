from django.urls import path

from . import views

urlpatterns = [
    path("objekte/geojson/", views.PropertyGeoJsonView.as_view(), name="property_geojson"),
    path("objekte/karte/", views.PropertyMapView.as_view(), name="property_map"),
    path("objekte/stadtbezirke/", views.DistrictOutlinesView.as_view(), name="district_outlines"),
    path("ogc/", views.LandingView.as_view(), name="ogc_landing"),
    path("ogc/api", views.OpenApiView.as_view(), name="ogc_openapi"),
    path("ogc/conformance", views.ConformanceView.as_view(), name="ogc_conformance"),
    path("ogc/collections", views.CollectionsView.as_view(), name="ogc_collections"),
    path("ogc/collections/<slug:slug>", views.CollectionView.as_view(), name="ogc_collection"),
    path("ogc/collections/<slug:slug>/items", views.ItemsView.as_view(), name="ogc_items"),
    path("ogc/collections/<slug:slug>/items/<uuid:pk>", views.ItemView.as_view(), name="ogc_item"),
]
