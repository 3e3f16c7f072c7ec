"""Pages about the product itself: accessibility, data protection, help."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import path

from .policy import declare, public
from .views import PageView


def _public(template, title):
    @login_not_required
    @declare(public(title, methods=("GET",)))
    def view(request):
        return render(request, template, {"title": title})

    return view


class HelpView(PageView):
    title = "Hilfe"
    template_name = "about/help.html"


accessibility = _public("about/accessibility.html", "Erklärung zur Barrierefreiheit")
privacy = _public("about/privacy.html", "Datenschutz")

urlpatterns = [
    path("barrierefreiheit/", accessibility, name="accessibility"),
    path("datenschutz/", privacy, name="privacy"),
    path("hilfe/", HelpView.as_view(), name="help"),
]
