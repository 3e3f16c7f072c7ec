from django.urls import path

from . import views

urlpatterns = [
    path("verwaltung/ueberpruefung/", views.ReviewListView.as_view(), name="review_list"),
    path("verwaltung/ueberpruefung/neu/", views.ReviewStartView.as_view(), name="review_add"),
    path("verwaltung/ueberpruefung/<uuid:pk>/", views.ReviewSheetView.as_view(), name="review_sheet"),
    path("verwaltung/ueberpruefung/<uuid:pk>/unterschreiben/", views.SignView.as_view(), name="review_sign"),
    path("verwaltung/ueberpruefung/<uuid:pk>/liste.pdf", views.SignedPdfView.as_view(), name="review_pdf"),
    path("verwaltung/ueberpruefung/<uuid:pk>/liste.xlsx", views.SignedXlsxView.as_view(), name="review_xlsx"),
    path(
        "verwaltung/ueberpruefung/zeilen/<uuid:pk>/bestaetigen/",
        views.DecideView.as_view(),
        name="review_confirm",
    ),
    path(
        "verwaltung/ueberpruefung/zeilen/<uuid:pk>/beenden/", views.EndLineView.as_view(), name="review_end"
    ),
]
