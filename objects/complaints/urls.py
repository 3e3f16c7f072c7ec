from django.urls import path

from .views import create, detail, lists, rules, statistics, steps

urlpatterns = [
    path("beschwerden/", lists.ComplaintListView.as_view(), name="complaint_list"),
    path("beschwerden/neu/", create.ComplaintCreateView.as_view(), name="complaint_create"),
    path("beschwerden/neu/anschriften/", create.PlaceSuggestView.as_view(), name="complaint_places"),
    path("beschwerden/neu/hinweise/", create.ComplaintHintsView.as_view(), name="complaint_hints"),
    path("beschwerden/verteilung/", lists.RoutingListView.as_view(), name="routing_list"),
    path("beschwerden/verteilung/neu/", lists.RoutingCreateView.as_view(), name="routing_create"),
    path("beschwerden/verteilung/probe/", rules.RoutingTrialView.as_view(), name="routing_trial"),
    path("beschwerden/verteilung/<uuid:pk>/hoch/", rules.RuleUpView.as_view(), name="routing_up"),
    path("beschwerden/verteilung/<uuid:pk>/runter/", rules.RuleDownView.as_view(), name="routing_down"),
    path("beschwerden/arten/", rules.CategoryListView.as_view(), name="category_list"),
    path("beschwerden/arten/neu/", rules.CategoryCreateView.as_view(), name="category_create"),
    path("beschwerden/arten/<uuid:pk>/", rules.CategoryUpdateView.as_view(), name="category_update"),
    path("beschwerden/zeitraeume/", rules.WindowListView.as_view(), name="window_list"),
    path("beschwerden/zeitraeume/neu/", rules.WindowCreateView.as_view(), name="window_create"),
    path("beschwerden/zeitraeume/<uuid:pk>/", rules.WindowUpdateView.as_view(), name="window_update"),
    path(
        "beschwerden/auswertung/", statistics.ComplaintStatisticsView.as_view(), name="complaint_statistics"
    ),
    path("beschwerden/verteilung/<uuid:pk>/", lists.RoutingUpdateView.as_view(), name="routing_update"),
    path("beschwerden/vorgang/<uuid:pk>/loesen/", steps.ReferenceEndView.as_view(), name="reference_end"),
    path("beschwerden/beteiligung/<uuid:pk>/", steps.NoteView.as_view(), name="complaint_note"),
    path("beschwerden/<uuid:pk>/", detail.ComplaintDetailView.as_view(), name="complaint_detail"),
    path("beschwerden/<uuid:pk>/aendern/", detail.ComplaintUpdateView.as_view(), name="complaint_update"),
    path("beschwerden/<uuid:pk>/uebernehmen/", steps.AcceptView.as_view(), name="complaint_accept"),
    path("beschwerden/<uuid:pk>/weiterleiten/", steps.ForwardView.as_view(), name="complaint_forward"),
    path("beschwerden/<uuid:pk>/annehmen/", steps.TakeOverView.as_view(), name="complaint_take_over"),
    path("beschwerden/<uuid:pk>/ablehnen/", steps.SendBackView.as_view(), name="complaint_send_back"),
    path("beschwerden/<uuid:pk>/antwort/", steps.AnswerView.as_view(), name="complaint_answer"),
    path("beschwerden/<uuid:pk>/zwischennachricht/", steps.InterimView.as_view(), name="complaint_interim"),
    path("beschwerden/<uuid:pk>/zuweisen/", steps.AssignView.as_view(), name="complaint_assign"),
    path("beschwerden/<uuid:pk>/vorgang/", steps.ReferView.as_view(), name="complaint_refer"),
    path("beschwerden/<uuid:pk>/abschliessen/", steps.CloseView.as_view(), name="complaint_close"),
    path("beschwerden/<uuid:pk>/wieder-aufnehmen/", steps.ReopenView.as_view(), name="complaint_reopen"),
    path("beschwerden/<uuid:pk>/beteiligen/", steps.InvolveView.as_view(), name="complaint_involve"),
    path("beschwerden/<uuid:pk>/verknuepfen/", steps.LinkView.as_view(), name="complaint_link"),
    path("beschwerden/<uuid:pk>/objekt/", steps.OpenPropertyView.as_view(), name="complaint_open_property"),
    path("beschwerden/<uuid:pk>/meldende-person/", steps.ReporterView.as_view(), name="complaint_reporter"),
]
