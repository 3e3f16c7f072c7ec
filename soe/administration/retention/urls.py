from django.urls import path

from . import views

BASE = "verwaltung/loeschung/"
urlpatterns = [
    path(BASE, views.RetentionView.as_view(), name="retention"),
    path(f"{BASE}nachweise/", views.CertificateListView.as_view(), name="erasures"),
    path(f"{BASE}frist/<uuid:pk>/", views.RuleUpdateView.as_view(), name="retention_rule"),
    path(f"{BASE}sperre/<uuid:pk>/aufheben/", views.HoldEndView.as_view(), name="hold_end"),
    path(f"{BASE}<slug:code>/", views.DueView.as_view(), name="retention_due"),
    path(f"{BASE}<slug:code>/<uuid:pk>/sperren/", views.HoldCreateView.as_view(), name="hold_add"),
]
