from django.urls import path

from . import views

HERE = "objekte/fruehwarnung/"

urlpatterns = [
    path(HERE, views.EarlyWarningListView.as_view(), name="warning_list"),
    path(f"{HERE}regeln/", views.WarningRuleListView.as_view(), name="warning_rule_list"),
    path(f"{HERE}regeln/neu/", views.WarningRuleCreateView.as_view(), name="warning_rule_create"),
    path(f"{HERE}regeln/<uuid:pk>/", views.WarningRuleUpdateView.as_view(), name="warning_rule_update"),
    path(f"{HERE}hinweise/", views.HintListView.as_view(), name="hint_list"),
    path(f"{HERE}hinweise/neu/", views.HintCreateView.as_view(), name="hint_create"),
    path(f"{HERE}hinweise/<uuid:pk>/beenden/", views.HintEndView.as_view(), name="hint_end"),
    path(f"{HERE}<uuid:pk>/", views.EarlyWarningView.as_view(), name="warning"),
    path(f"{HERE}<uuid:pk>/uebernehmen/", views.TakeOverView.as_view(), name="warning_take"),
    path(f"{HERE}<uuid:pk>/ablehnen/", views.DismissView.as_view(), name="warning_dismiss"),
    path("objekte/<uuid:pk>/risiko/", views.HintPropertyView.as_view(), name="hint_property"),
]
