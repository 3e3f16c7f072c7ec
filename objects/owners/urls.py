from django.urls import path

from .views import changes, parties, portfolio

urlpatterns = [
    path("eigentuemer/verbindungen/", parties.LinkListView.as_view(), name="link_list"),
    path("eigentuemer/verbindungen/<uuid:pk>/", parties.LinkDecideView.as_view(), name="link_decide"),
    path("eigentuemer/rechtsnachfolge/", changes.SuccessionRuleListView.as_view(), name="succession_rules"),
    path(
        "eigentuemer/rechtsnachfolge/neu/",
        changes.SuccessionRuleCreateView.as_view(),
        name="succession_rule_create",
    ),
    path(
        "eigentuemer/rechtsnachfolge/<uuid:pk>/",
        changes.SuccessionRuleUpdateView.as_view(),
        name="succession_rule_update",
    ),
    path("eigentuemer/wechsel/<uuid:pk>/", changes.OwnerChangeView.as_view(), name="owner_change"),
    path("eigentuemer/wechsel/pruefung/<uuid:pk>/", changes.ReaddressView.as_view(), name="readdress"),
    path("eigentuemer/<uuid:pk>/", portfolio.PartyDetailView.as_view(), name="party"),
    path("eigentuemer/<uuid:pk>/umfeld/", portfolio.PartyNetworkView.as_view(), name="party_network"),
    path(
        "eigentuemer/<uuid:pk>/kontrolle/", portfolio.PartyInspectionView.as_view(), name="party_inspection"
    ),
    path("eigentuemer/<uuid:pk>/beziehung/", parties.RelationCreateView.as_view(), name="relation_create"),
    path("eigentuemer/<uuid:pk>/zusammenfuehren/", parties.MergeView.as_view(), name="party_merge"),
    path("eigentuemer/beziehung/<uuid:pk>/beenden/", parties.RelationEndView.as_view(), name="relation_end"),
    path("eigentuemer/zusammenfuehrung/<uuid:pk>/", parties.MergeUndoView.as_view(), name="merge_undo"),
    path(
        "objekte/<uuid:pk>/eigentuemerwechsel/",
        changes.OwnerChangeCreateView.as_view(),
        name="owner_change_create",
    ),
]
