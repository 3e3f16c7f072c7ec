"""Includes, nothing else. Paths are German, because people read them."""

from importlib.util import find_spec

from django.urls import include, path

handler400 = "soe.web.errors.bad_request"
handler403 = "soe.web.errors.permission_denied"
handler404 = "soe.web.errors.page_not_found"
handler500 = "soe.web.errors.server_error"

PARTS = (
    "soe.web.login.urls",
    "soe.web.about",
    "soe.web.urls",
    "soe.administration.urls",
    "objects.urls",
    "cases.urls",
    "steering.urls",
    "reports.urls",
)
urlpatterns = [path("", include(part)) for part in PARTS if find_spec(part)]
