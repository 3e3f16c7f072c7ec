from django.urls import path

from . import views

urlpatterns = [
    path("kalender/<str:secret>/soe.ics", views.FeedView.as_view(), name="feed"),
    path("konto/kalender/", views.FeedPageView.as_view(), name="feed_page"),
    path("konto/kalender/widerrufen/", views.FeedRevokeView.as_view(), name="feed_revoke"),
]
