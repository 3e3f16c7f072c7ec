from django.urls import path

from . import views

urlpatterns = [
    path("hinweise/", views.NoticeListView.as_view(), name="notices"),
    path("hinweise/gelesen/", views.ReadAllView.as_view(), name="notices_read"),
    path("hinweise/<uuid:pk>/", views.NoticeView.as_view(), name="notice"),
    path("konto/hinweise/", views.ChannelsView.as_view(), name="notice_channels"),
]
