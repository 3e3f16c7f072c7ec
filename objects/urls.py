from importlib.util import find_spec

from django.urls import include, path

from .apps import SUBJECTS

app_name = "objects"
urlpatterns = [
    path("", include(f"objects.{subject}.urls"))
    for subject in SUBJECTS
    if find_spec(f"objects.{subject}") and find_spec(f"objects.{subject}.urls")
]
