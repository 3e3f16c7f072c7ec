"""Pages about the product itself: accessibility, data protection, help."""

from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import path

from . import rights
from .policy import declare, public
from .registry import quick
from .views import PageView

# When the statement was last checked against the product (at least once a year, § 7 BITVNRW).
CHECKED_ON = date(2026, 11, 22)


def _statement(template, title):
    @login_not_required
    @declare(public(title, methods=("GET",)))
    def view(request):
        context = {"title": title, "contact": settings.SOE_CONTACT_EMAIL, "checked_on": CHECKED_ON}
        return render(request, template, context)

    return view


class HelpView(PageView):
    title = "Hilfe und Tastenkürzel"
    template_name = "about/help.html"

    def get_context_data(self, **kwargs):
        allowed = quick.allowed(rights.codes(self.request), limit=20)
        return super().get_context_data(
            contact=settings.SOE_CONTACT_EMAIL,
            quick=[(entry.key, entry.label) for entry, _ in allowed if entry.key],
            **kwargs,
        )


urlpatterns = [
    path(
        "barrierefreiheit/",
        _statement("about/accessibility.html", "Erklärung zur Barrierefreiheit"),
        name="accessibility",
    ),
    path("datenschutz/", _statement("about/privacy.html", "Datenschutz"), name="privacy"),
    path("hilfe/", HelpView.as_view(), name="help"),
]
