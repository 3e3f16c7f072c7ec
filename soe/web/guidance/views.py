"""/hilfe/rundgang/, /konto/rundgang/, /verwaltung/hilfetexte/"""

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import View

from ..forms import ModelForm
from ..policy import Policy
from ..routes import routes
from ..views.base import PageView, RequestMixin
from ..views.edit import FormPage, ScopedUpdateView
from . import texts
from .models import PageHelp
from .tour import STEPS


class TourPage(PageView):
    """The tour as a page to read; the script walks through the same steps."""

    title = "Rundgang"
    template_name = "web/guidance/tour_page.html"
    crumbs = (("Hilfe", "/hilfe/"),)

    def get_context_data(self, **kwargs):
        return super().get_context_data(steps=STEPS, **kwargs)


class TourDoneView(RequestMixin, View):
    """The tour was seen or skipped: it is not offered again (the account page starts it again)."""

    token_required = False  # sets one mark

    @classmethod
    def policy(cls):
        return Policy(methods=("POST",), note="own account")

    def post(self, request, *args, **kwargs):
        user = request.user
        user.lock()
        if not (user.preferences or {}).get("tour"):
            user.preferences = {**(user.preferences or {}), "tour": "done"}
            user.save(update_fields=["preferences"], reason="Rundgang gesehen")
        if request.headers.get("X-Requested-With") == "fetch":
            return HttpResponse(status=204)
        return HttpResponseRedirect("/")


class HelpTextsView(PageView):
    permission = "system.manage"
    title = "Hilfetexte"
    template_name = "web/guidance/texts.html"

    def get_crumbs(self):
        return [("Verwaltung", "/verwaltung/")]

    def get_context_data(self, **kwargs):
        stored = {(row.route, row.field): row for row in PageHelp.objects.all() if row.text}
        keys = dict.fromkeys([*((route, "") for route in texts.PAGES), *texts.FIELDS, *stored])
        rows = [
            {
                "title": texts.title_of(*key),
                "text": stored[key].text if key in stored else texts.default_text(*key),
                "own": key in stored,
                "url": f"{reverse('web:help_text', args=[key[0]])}?feld={key[1]}",
            }
            for key in keys
        ]
        return super().get_context_data(rows=rows, **kwargs)


class HelpForm(ModelForm):
    class Meta:
        model = PageHelp
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "text": "Absätze durch eine leere Zeile. Leer lassen: Es gilt wieder der mitgelieferte Text."
        }


class HelpTextView(ScopedUpdateView):
    """The help of one route, or of one field of it (`?feld=`): the row is made when somebody first rewords the text."""

    queryset = PageHelp.objects.all()
    form_class = HelpForm
    title = "Hilfetext ändern"
    submit_label = "Hilfetext speichern"
    success_message = "Der Hilfetext ist gespeichert."

    @classmethod
    def policy_rows(cls):
        return False

    def get_object(self, queryset=None):
        key = {"route": self.kwargs["route"], "field": self.request.GET.get("feld", "")[:60]}
        if key["route"] not in {route.name for route in routes()} or not key["field"].isprintable():
            raise Http404
        row = self.get_queryset().filter(**key).first()
        if row is None:
            row = PageHelp(**key, text=texts.default_text(key["route"], key["field"]))
        return row

    def get_crumbs(self):
        return [("Verwaltung", "/verwaltung/"), ("Hilfetexte", reverse("web:help_texts"))]

    def get_title(self):
        return f"Hilfetext: {self.object}"

    def form_valid(self, form):
        # A new row has no version yet; two people at once meet the unique constraint.
        return FormPage.form_valid(self, form) if self.object._state.adding else super().form_valid(form)
