"""/briefe/…; part of the namespace "web"."""

from django.urls import path

from . import views

urlpatterns = [
    path("briefe/vorlagen/", views.TemplateListView.as_view(), name="letter_templates"),
    path("briefe/vorlagen/neu/", views.TemplateCreateView.as_view(), name="letter_template_add"),
    path("briefe/vorlagen/<uuid:pk>/", views.TemplateView.as_view(), name="letter_template"),
    path(
        "briefe/vorlagen/<uuid:pk>/aendern/",
        views.TemplateUpdateView.as_view(),
        name="letter_template_change",
    ),
    path("briefe/<uuid:pk>/", views.LetterView.as_view(), name="letter"),
    path("briefe/<uuid:pk>/aendern/", views.LetterUpdateView.as_view(), name="letter_change"),
    path("briefe/<uuid:pk>/versand/", views.LetterSendView.as_view(), name="letter_send"),
    path("briefe/<uuid:pk>/pdf/", views.LetterFileView.as_view(), name="letter_pdf"),
    path("briefe/<uuid:pk>/docx/", views.LetterDocxView.as_view(), name="letter_docx"),
    path("briefe/<str:label>/<uuid:pk>/alle/", views.SeriesView.as_view(), name="letter_series"),
    path("briefe/<str:label>/<uuid:pk>/neu/", views.WriteView.as_view(), name="letter_write"),
]
