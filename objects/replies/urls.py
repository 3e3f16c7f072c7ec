from django.urls import path

from . import views

urlpatterns = [
    path("beschwerden/fristen/", views.PeriodListView.as_view(), name="period_list"),
    path("beschwerden/fristen/neu/", views.PeriodCreateView.as_view(), name="period_create"),
    path("beschwerden/fristen/<uuid:pk>/", views.PeriodUpdateView.as_view(), name="period_update"),
    path("beschwerden/eskalation/", views.LevelListView.as_view(), name="level_list"),
    path("beschwerden/eskalation/neu/", views.LevelCreateView.as_view(), name="level_create"),
    path("beschwerden/eskalation/<uuid:pk>/", views.LevelUpdateView.as_view(), name="level_update"),
]
