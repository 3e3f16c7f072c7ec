"""Includes, nothing else. Paths are German, because people read them."""

from importlib.util import find_spec

from django.urls import include, path

handler400 = "soe.web.errors.bad_request"
handler403 = "soe.web.errors.permission_denied"
handler404 = "soe.web.errors.page_not_found"
handler500 = "soe.web.errors.server_error"

urlpatterns = [path("", include("soe.accounts.urls"))]
# Each part comes in with its first page.
for module in ("soe.web", "soe.administration", "objects", "cases", "steering", "reports"):
    if find_spec(f"{module}.urls"):
        urlpatterns.append(path("", include(f"{module}.urls")))
