"""Every file that leaves is an event, whichever view made it."""

import pytest
from django.http import HttpResponse
from django.urls import path

from soe.audit.events import log_security
from soe.audit.models import SecurityEvent
from soe.web.downloads import DownloadMiddleware
from soe.web.policy import declare, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@declare(signed_in())
def forgetful(request):
    return HttpResponse("x", headers={"Content-Disposition": 'attachment; filename="x.csv"'})


@declare(signed_in())
def careful(request):
    log_security("export", detail="drei Zeilen")
    return forgetful(request)


@declare(signed_in())
def page(request):
    return HttpResponse("x", headers={"Content-Disposition": "inline"})


urlpatterns = [
    path("datei/", forgetful, name="datei"),
    path("gesagt/", careful),
    path("seite/", page),
]


def details():
    return list(SecurityEvent.objects.filter(kind="export").values_list("detail", flat=True))


def test_a_file_leaves_one_event_and_a_page_none(as_member):
    client, _ = as_member("register.view")
    client.get("/seite/")
    assert details() == []
    client.get("/datei/")
    client.get("/gesagt/")
    assert sorted(details()) == ["Datei: datei", "drei Zeilen"]


def test_negative_control_without_the_middleware_a_file_leaves_unseen(as_member, settings):
    name = f"{DownloadMiddleware.__module__}.{DownloadMiddleware.__name__}"
    settings.MIDDLEWARE = [entry for entry in settings.MIDDLEWARE if entry != name]
    client, _ = as_member("register.view")
    assert client.get("/datei/").status_code == 200
    assert details() == []
