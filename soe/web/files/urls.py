"""/dateien/…; part of the namespace "web"."""

from django.urls import path

from . import views

urlpatterns = [
    path("dateien/fertig/", views.UploadDoneView.as_view(), name="files_done"),
    path("dateien/abruf/<str:token>/", views.FileLinkView.as_view(), name="file_link"),
    path("dateien/<uuid:pk>/", views.FileView.as_view(), name="file"),
    path("dateien/<uuid:pk>/angaben/", views.FileUpdateView.as_view(), name="file_change"),
    path("dateien/<uuid:pk>/entfernen/", views.FileRemoveView.as_view(), name="file_remove"),
    path("dateien/<uuid:pk>/wiederherstellen/", views.FileRestoreView.as_view(), name="file_restore"),
    path("dateien/<uuid:pk>/inhalt/", views.FileContentView.as_view(), name="file_content"),
    path("dateien/<uuid:pk>/bild/", views.FilePictureView.as_view(), name="file_picture"),
    path("dateien/<uuid:pk>/vorschau/", views.FilePreviewView.as_view(), name="file_preview"),
    path("dateien/<str:label>/<uuid:pk>/", views.FilesView.as_view(), name="files"),
    path("dateien/<str:label>/<uuid:pk>/neu/", views.AddFilesView.as_view(), name="files_add"),
]
