from django.urls import path

from .views import days, participation, protocol, sections, site, thresholds

urlpatterns = [
    path("kontrollen/", days.InspectionDayListView.as_view(), name="inspection_day_list"),
    path("kontrollen/neu/", days.InspectionDayCreateView.as_view(), name="inspection_day_create"),
    path("kontrollen/bilanz/", days.BalanceView.as_view(), name="inspection_balance"),
    path("kontrollen/mindestflaechen/", thresholds.ThresholdListView.as_view(), name="threshold_list"),
    path(
        "kontrollen/mindestflaechen/neu/", thresholds.ThresholdCreateView.as_view(), name="threshold_create"
    ),
    path(
        "kontrollen/mindestflaechen/<uuid:pk>/",
        thresholds.ThresholdUpdateView.as_view(),
        name="threshold_update",
    ),
    path("kontrollen/<uuid:pk>/", days.InspectionDayDetailView.as_view(), name="inspection_day"),
    path(
        "kontrollen/<uuid:pk>/aendern/", days.InspectionDayUpdateView.as_view(), name="inspection_day_change"
    ),
    path("kontrollen/<uuid:pk>/einladen/", days.InviteView.as_view(), name="inspection_day_invite"),
    path("kontrollen/<uuid:pk>/beginnen/", days.StartDayView.as_view(), name="inspection_day_start"),
    path("kontrollen/<uuid:pk>/abschliessen/", days.CloseDayView.as_view(), name="inspection_day_close"),
    path("kontrollen/<uuid:pk>/absagen/", days.CancelDayView.as_view(), name="inspection_day_cancel"),
    path("kontrollen/<uuid:pk>/veroeffentlichen/", days.PublishView.as_view(), name="inspection_day_publish"),
    path("kontrollen/<uuid:pk>/zurueckziehen/", days.WithdrawView.as_view(), name="inspection_day_withdraw"),
    path("kontrollen/<uuid:pk>/anwesenheit/", days.AttendanceView.as_view(), name="inspection_attendance"),
    path("kontrollen/<uuid:pk>/termin.ics", protocol.DayIcsView.as_view(), name="inspection_day_ics"),
    path("kontrollen/<uuid:pk>/protokoll.pdf", protocol.ProtocolView.as_view(), name="inspection_protocol"),
    path("kontrollen/einladung/<uuid:pk>/", participation.AnswerView.as_view(), name="inspection_answer"),
    path("kontrollen/<uuid:pk>/vor-ort/", site.SiteView.as_view(), name="inspection_site"),
    path(
        "kontrollen/<uuid:day>/vor-ort/<uuid:inspection>/",
        site.SiteHouseView.as_view(),
        name="inspection_site_house",
    ),
    path(
        "kontrollen/<uuid:day>/vor-ort/<uuid:inspection>/<str:unit>/",
        site.SiteVisitView.as_view(),
        name="inspection_site_visit",
    ),
    path("kontrollen/abschnitt/<uuid:pk>/", sections.SectionView.as_view(), name="inspection_section"),
    path(
        "kontrollen/abschnitt/<uuid:pk>/schliessen/",
        sections.CloseSectionView.as_view(),
        name="inspection_section_close",
    ),
    path(
        "kontrollen/abschnitt/<uuid:pk>/oeffnen/",
        sections.ReopenSectionView.as_view(),
        name="inspection_section_reopen",
    ),
    path(
        "kontrollen/abschnitt/<uuid:pk>/feststellung/",
        sections.FindingCreateView.as_view(),
        name="inspection_finding_create",
    ),
    path(
        "kontrollen/abschnitt/<uuid:pk>/sofortmassnahme/",
        sections.ImmediateMeasureCreateView.as_view(),
        name="inspection_immediate_create",
    ),
    path(
        "kontrollen/abschnitt/<uuid:pk>/hilfebedarf/",
        sections.HelpNeedCreateView.as_view(),
        name="inspection_help_create",
    ),
    path(
        "kontrollen/abschnitt/<uuid:pk>/notiz/",
        sections.NoteCreateView.as_view(),
        name="inspection_note_create",
    ),
    path(
        "kontrollen/feststellung/<uuid:pk>/", sections.FindingUpdateView.as_view(), name="inspection_finding"
    ),
    path(
        "kontrollen/feststellung/<uuid:pk>/behoben/",
        sections.ResolveFindingView.as_view(),
        name="inspection_finding_resolve",
    ),
    path(
        "kontrollen/feststellung/<uuid:pk>/zuruecknehmen/",
        sections.WithdrawFindingView.as_view(),
        name="inspection_finding_withdraw",
    ),
    path(
        "kontrollen/feststellung/<uuid:pk>/massnahme/",
        sections.FindingMeasureView.as_view(),
        name="inspection_finding_measure",
    ),
    path(
        "kontrollen/sofortmassnahme/<uuid:pk>/",
        sections.ImmediateMeasureUpdateView.as_view(),
        name="inspection_immediate",
    ),
    path(
        "kontrollen/hilfebedarf/<uuid:pk>/",
        sections.HelpNeedUpdateView.as_view(),
        name="inspection_help_need",
    ),
    path("kontrollen/notiz/<uuid:pk>/", sections.NoteUpdateView.as_view(), name="inspection_note"),
]
