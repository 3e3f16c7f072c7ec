from django.urls import path

from . import views

urlpatterns = [
    path("konto/auftraege/", views.OwnJobsView.as_view(), name="jobs"),
    path("konto/auftraege/export/", views.ExportView.as_view(), name="export_job"),
    path("konto/auftraege/<uuid:pk>/", views.JobView.as_view(), name="job"),
    path("konto/auftraege/<uuid:pk>/ergebnis/", views.ResultView.as_view(), name="job_result"),
    path("konto/auftraege/<uuid:pk>/abbrechen/", views.CancelView.as_view(), name="job_cancel"),
    path("konto/auftraege/<uuid:pk>/wiederholen/", views.AgainView.as_view(), name="job_again"),
    path("verwaltung/auftraege/", views.AllJobsView.as_view(), name="jobs_all"),
    path("verwaltung/auftraege/<uuid:pk>/abbrechen/", views.StopView.as_view(), name="job_stop"),
    path("verwaltung/auftraege/<uuid:pk>/wiederholen/", views.RetryView.as_view(), name="job_retry"),
    path("verwaltung/auftraege/befehl/<slug:name>/", views.RunNowView.as_view(), name="job_run_now"),
]
