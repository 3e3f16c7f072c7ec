from django.urls import path

from . import views

urlpatterns = [
    path("konto/zugaenge/", views.AccessKeysView.as_view(), name="access_keys"),
    path("konto/zugaenge/neu/", views.AccessKeyCreateView.as_view(), name="access_key_add"),
    path("konto/zugaenge/<uuid:pk>/widerrufen/", views.AccessKeyEndView.as_view(), name="access_key_end"),
]
