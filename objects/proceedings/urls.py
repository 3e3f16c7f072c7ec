from django.urls import path

from .views import court, due, law, measures, money, orders, proceedings, requests, service

urlpatterns = [
    path("verfahren/", proceedings.ProceedingListView.as_view(), name="proceeding_list"),
    path(
        "objekte/<uuid:pk>/verfahren/neu/",
        proceedings.ProceedingCreateView.as_view(),
        name="proceeding_create",
    ),
    path("verfahren/<uuid:pk>/", proceedings.ProceedingDetailView.as_view(), name="proceeding_detail"),
    path(
        "verfahren/<uuid:pk>/aendern/", proceedings.ProceedingUpdateView.as_view(), name="proceeding_update"
    ),
    path(
        "verfahren/<uuid:pk>/abschliessen/",
        proceedings.ProceedingCloseView.as_view(),
        name="proceeding_close",
    ),
    path("verfahren/<uuid:pk>/wieder/", proceedings.ProceedingReopenView.as_view(), name="proceeding_reopen"),
    path("verfahren/<uuid:pk>/anhoerung/", proceedings.HearingView.as_view(), name="hearing_create"),
    path("verfahren/<uuid:pk>/verfuegung/", orders.OrderCreateView.as_view(), name="order_create"),
    path("verfahren/<uuid:pk>/auskunft/", requests.RequestCreateView.as_view(), name="request_create"),
    path(
        "massnahmen/<uuid:pk>/auskunft/",
        requests.MeasureRequestCreateView.as_view(),
        name="measure_request_create",
    ),
    path("verfuegungen/<uuid:pk>/zustellung/", service.OrderServeView.as_view(), name="order_serve"),
    path("verfuegungen/<uuid:pk>/bestandskraft/", orders.OrderFinalView.as_view(), name="order_final"),
    path("verfuegungen/<uuid:pk>/punkt/", orders.ItemCreateView.as_view(), name="item_create"),
    path("punkte/<uuid:pk>/nachkontrolle/", orders.CheckView.as_view(), name="check_create"),
    path("punkte/<uuid:pk>/erfuellt/", orders.ItemFulfilView.as_view(), name="item_fulfil"),
    path("punkte/<uuid:pk>/wieder/", orders.ItemReopenView.as_view(), name="item_reopen"),
    path("punkte/<uuid:pk>/frist/", orders.ItemExtendView.as_view(), name="item_extend"),
    path("punkte/<uuid:pk>/aussetzung/", orders.ItemSuspendView.as_view(), name="item_suspend"),
    path("punkte/<uuid:pk>/aussetzung-beenden/", orders.ItemLiftView.as_view(), name="item_lift"),
    path("punkte/<uuid:pk>/androhung/", orders.ThreatView.as_view(), name="threat_create"),
    path("punkte/<uuid:pk>/zwangsgeld/", orders.StepDraftView.as_view(), name="penalty_create"),
    path("punkte/<uuid:pk>/ersatzvornahme/", orders.SubstituteView.as_view(), name="substitute_create"),
    path("punkte/<uuid:pk>/zwang/", orders.ForceView.as_view(), name="force_create"),
    path("vollstreckung/<uuid:pk>/aendern/", orders.StepUpdateView.as_view(), name="step_update"),
    path("vollstreckung/<uuid:pk>/erfolgt/", orders.StepCarryOutView.as_view(), name="step_carry_out"),
    path("vollstreckung/<uuid:pk>/verwerfen/", orders.StepDropView.as_view(), name="step_drop"),
    path("massnahmen/", measures.MeasureListView.as_view(), name="measure_list"),
    path("objekte/<uuid:pk>/massnahmen/neu/", measures.MeasureCreateView.as_view(), name="measure_create"),
    path("massnahmen/<uuid:pk>/", measures.MeasureDetailView.as_view(), name="measure_detail"),
    path("massnahmen/<uuid:pk>/aendern/", measures.MeasureUpdateView.as_view(), name="measure_update"),
    path("massnahmen/<uuid:pk>/erledigt/", measures.MeasureCompleteView.as_view(), name="measure_complete"),
    path(
        "massnahmen/<uuid:pk>/verschieben/", measures.MeasurePostponeView.as_view(), name="measure_postpone"
    ),
    path("massnahmen/<uuid:pk>/aufgeben/", measures.MeasureDropView.as_view(), name="measure_drop"),
    path("massnahmen/<uuid:pk>/wieder/", measures.MeasureReopenView.as_view(), name="measure_reopen"),
    path("zustellungen/<uuid:pk>/nachweis/", service.ServiceProveView.as_view(), name="service_prove"),
    path("zustellungen/<uuid:pk>/gescheitert/", service.ServiceFailView.as_view(), name="service_fail"),
    path("verfahren/<uuid:pk>/haushalt/", service.RehousingCreateView.as_view(), name="rehousing_create"),
    path("ersatzwohnraum/<uuid:pk>/", service.RehousingUpdateView.as_view(), name="rehousing_update"),
    path("verfuegungen/<uuid:pk>/klage/", court.LawsuitCreateView.as_view(), name="lawsuit_create"),
    path("klagen/<uuid:pk>/eilverfahren/", court.LawsuitUrgentView.as_view(), name="lawsuit_urgent"),
    path("klagen/<uuid:pk>/ausgang/", court.LawsuitEndView.as_view(), name="lawsuit_end"),
    path("klagen/<uuid:pk>/wieder/", court.LawsuitResumeView.as_view(), name="lawsuit_resume"),
    path("forderungen/", money.ClaimListView.as_view(), name="claim_list"),
    path("verfahren/<uuid:pk>/forderung/", money.ClaimCreateView.as_view(), name="claim_create"),
    path("forderungen/<uuid:pk>/", money.ClaimDetailView.as_view(), name="claim_detail"),
    path("forderungen/<uuid:pk>/zahlung/", money.ClaimPayView.as_view(), name="claim_pay"),
    path("forderungen/<uuid:pk>/stundung/", money.ClaimDeferView.as_view(), name="claim_defer"),
    path("forderungen/<uuid:pk>/erlass/", money.ClaimWaiveView.as_view(), name="claim_waive"),
    path("zahlungen/<uuid:pk>/zurueck/", money.PaymentReverseView.as_view(), name="payment_reverse"),
    path("vollstreckung/<uuid:pk>/kosten/", money.StepCostView.as_view(), name="step_cost"),
    path("rechtsgrundlagen/", law.LegalBasisListView.as_view(), name="legal_basis_list"),
    path("rechtsgrundlagen/neu/", law.LegalBasisCreateView.as_view(), name="legal_basis_create"),
    path("rechtsgrundlagen/<uuid:pk>/", law.LegalBasisDetailView.as_view(), name="legal_basis"),
    path(
        "rechtsgrundlagen/<uuid:pk>/aendern/", law.LegalBasisUpdateView.as_view(), name="legal_basis_update"
    ),
    path(
        "rechtsgrundlagen/<uuid:pk>/geprueft/",
        law.LegalBasisConfirmView.as_view(),
        name="legal_basis_confirm",
    ),
    path("rechtsgrundlagen/<uuid:pk>/fassung/", law.LegalBasisRenewView.as_view(), name="legal_basis_renew"),
    path("zustellregeln/", law.ServiceRuleListView.as_view(), name="service_rule_list"),
    path("zustellregeln/neu/", law.ServiceRuleCreateView.as_view(), name="service_rule_create"),
    path("zustellregeln/<uuid:pk>/", law.ServiceRuleDetailView.as_view(), name="service_rule"),
    path("zustellregeln/<uuid:pk>/aendern/", law.ServiceRuleUpdateView.as_view(), name="service_rule_update"),
    path(
        "zustellregeln/<uuid:pk>/geprueft/", law.ServiceRuleConfirmView.as_view(), name="service_rule_confirm"
    ),
    path("zustellregeln/<uuid:pk>/fassung/", law.ServiceRuleRenewView.as_view(), name="service_rule_renew"),
    path("massnahmen/<uuid:pk>/verknuepfen/", measures.MeasureLinkView.as_view(), name="measure_link"),
    path("massnahmen/<uuid:pk>/widerspruch/", measures.MeasureDissentView.as_view(), name="measure_dissent"),
    path("wiederholungen/<uuid:pk>/beenden/", measures.SeriesEndView.as_view(), name="series_end"),
    path("fristen/", due.DeadlineListView.as_view(), name="deadline_list"),
    path("auskunft/", requests.RequestListView.as_view(), name="request_list"),
    path("auskunft/<uuid:pk>/", requests.RequestDetailView.as_view(), name="request_detail"),
    path("auskunft/<uuid:pk>/erteilen/", requests.RequestAcceptView.as_view(), name="request_accept"),
    path("auskunft/<uuid:pk>/ablehnen/", requests.RequestDeclineView.as_view(), name="request_decline"),
    path(
        "auskunft/<uuid:pk>/zurueckziehen/", requests.RequestWithdrawView.as_view(), name="request_withdraw"
    ),
    path("auskunft/<uuid:pk>/beenden/", requests.RequestEndView.as_view(), name="request_end"),
]
