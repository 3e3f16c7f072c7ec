from django.urls import path

from . import views

urlpatterns = [
    path("kommentare/<str:label>/<uuid:pk>/", views.CommentCreateView.as_view(), name="comment_create"),
    path("kommentare/<str:label>/<uuid:pk>/personen/", views.MentionView.as_view(), name="mention"),
    path("kommentar/<uuid:pk>/aendern/", views.CommentEditView.as_view(), name="comment_edit"),
    path("kommentar/<uuid:pk>/entfernen/", views.CommentRemoveView.as_view(), name="comment_remove"),
    path("kommentar/<uuid:pk>/wiederherstellen/", views.CommentRestoreView.as_view(), name="comment_restore"),
    path("beobachten/<str:label>/<uuid:pk>/", views.WatchView.as_view(), name="watch"),
    path("konto/beobachtet/", views.WatchListView.as_view(), name="watches"),
    path("nummer/<path:number>/", views.NumberView.as_view(), name="number"),
]
