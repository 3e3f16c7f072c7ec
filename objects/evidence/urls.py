from django.urls import path

from .views import EvidenceView

urlpatterns = [path("objekte/<uuid:pk>/beweispaket/", EvidenceView.as_view(), name="evidence")]
