from django.urls import path

from . import views

urlpatterns = [
    path("objekte/punkte/", views.ScoreRuleListView.as_view(), name="score_rule_list"),
    path("objekte/punkte/neu/", views.ScoreRuleCreateView.as_view(), name="score_rule_create"),
    path("objekte/punkte/<uuid:pk>/", views.ScoreRuleUpdateView.as_view(), name="score_rule_update"),
]
