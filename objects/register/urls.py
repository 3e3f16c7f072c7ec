from django.urls import path

from .views import create, detail, lists, merging, steps

urlpatterns = [
    path("objekte/", lists.PropertyListView.as_view(), name="property_list"),
    path("objekte/vorschlag/", lists.PropertySuggestView.as_view(), name="property_suggest"),
    path("objekte/neu/", create.PropertyCreateView.as_view(), name="property_create"),
    path("objekte/doppelte/", merging.DuplicatesView.as_view(), name="property_duplicates"),
    path(
        "objekte/<uuid:pk>/kein-doppel/<uuid:other>/",
        merging.DismissDuplicateView.as_view(),
        name="property_not_duplicate",
    ),
    path("objekte/<uuid:pk>/zusammenfuehren/", merging.MergeView.as_view(), name="property_merge"),
    path(
        "objekte/zusammenfuehrung/<uuid:pk>/rueckgaengig/",
        merging.UndoMergeView.as_view(),
        name="property_merge_undo",
    ),
    path("objekte/<uuid:pk>/teilen/", merging.SplitView.as_view(), name="property_split"),
    path("objekte/<uuid:pk>/gebaeude/", create.BuildingCreateView.as_view(), name="building_create"),
    path("objekte/gebaeude/<uuid:pk>/", create.BuildingUpdateView.as_view(), name="building_update"),
    path("objekte/gebaeude/<uuid:pk>/entfernen/", steps.BuildingEndView.as_view(), name="building_end"),
    path("objekte/<uuid:pk>/", detail.PropertyDetailView.as_view(), name="property"),
    path("objekte/<uuid:pk>/akte/<slug:tab>/", detail.PropertyTabView.as_view(), name="property_tab"),
    path("objekte/<uuid:pk>/aendern/", steps.PropertyUpdateView.as_view(), name="property_update"),
    path("objekte/<uuid:pk>/eintrag/", create.NoteCreateView.as_view(), name="note_create"),
    path("objekte/<uuid:pk>/problemlage/", steps.ProblemReportView.as_view(), name="problem_report"),
    path(
        "objekte/problemlage/<uuid:pk>/bestaetigen/",
        steps.ProblemConfirmView.as_view(),
        name="problem_confirm",
    ),
    path(
        "objekte/problemlage/<uuid:pk>/erledigen/", steps.ProblemResolveView.as_view(), name="problem_resolve"
    ),
    path("objekte/<uuid:pk>/ampel/", steps.AssessView.as_view(), name="assess"),
    path("objekte/<uuid:pk>/ziel/", steps.GoalSetView.as_view(), name="goal_set"),
    path("objekte/ziel/<uuid:pk>/pruefen/", steps.GoalReviewView.as_view(), name="goal_review"),
    path("objekte/ziel/<uuid:pk>/beenden/", steps.GoalEndView.as_view(), name="goal_end"),
    path("objekte/<uuid:pk>/beteiligen/", steps.ParticipationOfferView.as_view(), name="participation_offer"),
    path(
        "objekte/beteiligung/<uuid:pk>/annehmen/",
        steps.ParticipationAcceptView.as_view(),
        name="participation_accept",
    ),
    path(
        "objekte/beteiligung/<uuid:pk>/ablehnen/",
        steps.ParticipationDeclineView.as_view(),
        name="participation_decline",
    ),
    path(
        "objekte/beteiligung/<uuid:pk>/erneut/",
        steps.ParticipationReofferView.as_view(),
        name="participation_reoffer",
    ),
    path(
        "objekte/beteiligung/<uuid:pk>/beenden/",
        steps.ParticipationCloseView.as_view(),
        name="participation_close",
    ),
    path(
        "objekte/beteiligung/<uuid:pk>/zurueckziehen/",
        steps.ParticipationWithdrawView.as_view(),
        name="participation_withdraw",
    ),
    path("objekte/<uuid:pk>/federfuehrung/", steps.LeadView.as_view(), name="property_lead"),
    path("objekte/<uuid:pk>/abschliessen/", steps.RetireView.as_view(), name="property_retire"),
    path("objekte/<uuid:pk>/wieder-aufnehmen/", steps.ReopenView.as_view(), name="property_reopen"),
    path("objekte/<uuid:pk>/anschrift/", steps.AddressAddView.as_view(), name="property_address_add"),
    path(
        "objekte/anschrift/<uuid:pk>/entfernen/", steps.AddressEndView.as_view(), name="property_address_end"
    ),
    path("objekte/<uuid:pk>/flurstueck/", steps.ParcelAddView.as_view(), name="parcel_add"),
    path("objekte/flurstueck/<uuid:pk>/entfernen/", steps.ParcelEndView.as_view(), name="parcel_end"),
    path("objekte/<uuid:pk>/wohneinheit/", create.DwellingCreateView.as_view(), name="dwelling_create"),
    path("objekte/wohneinheit/<uuid:pk>/", create.DwellingUpdateView.as_view(), name="dwelling_update"),
    path("objekte/wohneinheit/<uuid:pk>/entfernen/", steps.DwellingEndView.as_view(), name="dwelling_end"),
    path("objekte/<uuid:pk>/eigentum/", create.OwnershipCreateView.as_view(), name="ownership_create"),
    path("objekte/eigentum/<uuid:pk>/beenden/", steps.OwnershipEndView.as_view(), name="ownership_end"),
    path("eigentuemer/", lists.PartyListView.as_view(), name="party_list"),
    path("eigentuemer/vorschlag/", lists.PartySuggestView.as_view(), name="party_suggest"),
    path("eigentuemer/neu/", create.PartyCreateView.as_view(), name="party_create"),
    path("eigentuemer/<uuid:pk>/aendern/", create.PartyUpdateView.as_view(), name="party_update"),
]
