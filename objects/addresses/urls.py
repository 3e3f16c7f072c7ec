from django.urls import path

from .views import AddressSuggestView

urlpatterns = [path("anschriften/vorschlag/", AddressSuggestView.as_view(), name="address_suggest")]
