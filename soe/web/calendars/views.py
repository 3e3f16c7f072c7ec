"""The feed itself, the page that explains and makes it, and one event as a file."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import View

from soe.accounts.events import client_address

from ..forms import Form
from ..policy import public
from ..tokens import new_token
from ..views.base import PageView, RequestMixin, ScopedMixin
from . import feeds
from .events import calendar, one
from .models import CalendarFeed, hashed

WINDOW = 60 * 60
FETCHES = 60  # per feed and hour: programs ask every few minutes at most
GUESSES = 30  # wrong secrets per address and hour


def too_many(key, limit) -> bool:
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) > limit
    except ValueError:  # the window closed between the two
        return False


def answer(content, name, method="PUBLISH", *, inline=False):
    return HttpResponse(
        content,
        content_type=f"text/calendar; charset=utf-8; method={method}",
        headers={
            "Content-Disposition": f'{"inline" if inline else "attachment"}; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@method_decorator(login_not_required, name="dispatch")
class FeedView(View):
    """No session: the secret is the key. Wrong, revoked, owner gone: the same 404. Rights are those of this moment."""

    @classmethod
    def policy(cls):
        return public("Kalenderabo mit geheimer Adresse; Rechte der Person bei jedem Abruf", methods=("GET",))

    def get(self, request, *args, **kwargs):
        secret = kwargs["secret"]
        feed = CalendarFeed.objects.by_secret(secret)
        if feed is None:
            if too_many(f"feed-guess:{client_address(request)}", GUESSES):
                return self.later()
            raise Http404
        if too_many(f"feed:{hashed(secret)[:32]}", FETCHES):
            return self.later()
        wanted = [name for name in feed.choices if name in feeds.choices]
        content = calendar(feeds.events(feed.user, wanted), name=f"SOE {settings.SOE_CITY}")
        return answer(content, "soe.ics", inline=True)

    def later(self):
        return HttpResponse(
            "Zu viele Abrufe. Bitte später noch einmal.\n",
            status=429,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": str(WINDOW)},
        )


class FeedForm(Form):
    choices = forms.MultipleChoiceField(
        label="Was soll im Kalender stehen?",
        choices=[(choice.name, choice.label) for choice in feeds.choices.values()],
        error_messages={"required": "Bitte wählen Sie mindestens eines aus."},
    )


class FeedPageView(PageView):
    """/konto/kalender/: make, see the address once, replace; how to subscribe."""

    token_required = False  # a retry revokes the address before it and shows the one that counts
    title = "Kalender abonnieren"
    template_name = "calendars/feed.html"

    def get_crumbs(self):
        return [("Mein Konto", reverse("account"))]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        feed = CalendarFeed.objects.running().filter(user=self.request.user).first()
        wanted = feed.choices if feed else list(feeds.choices)
        context.setdefault("form", FeedForm(user=self.request.user, initial={"choices": wanted}))
        context.update(
            feed=feed,
            labels=[feeds.choices[name].label for name in wanted if name in feeds.choices],
            form_token=new_token(),
        )
        return context

    def post(self, request, *args, **kwargs):
        form = FeedForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        _, secret = CalendarFeed.create(request.user, form.cleaned_data["choices"])
        # Shown with this answer and never again: nothing of it is kept in session or database.
        address = request.build_absolute_uri(reverse("web:feed", args=[secret]))
        response = self.render_to_response(self.get_context_data(address=address))
        response["Cache-Control"] = "no-store"
        return response


class FeedRevokeView(RequestMixin, View):
    @classmethod
    def policy(cls):
        from ..policy import Policy

        return Policy(methods=("POST",), note="own feed")

    def post(self, request, *args, **kwargs):
        if CalendarFeed.revoke(request.user):
            messages.success(request, "Die Adresse gilt nicht mehr. Kalenderprogramme bekommen nichts mehr.")
        return redirect("web:feed_page")


class EventFileView(ScopedMixin, View):
    """One record as a calendar file: `event(obj, url) -> Event` and `file_name(obj)`."""

    def event(self, obj, url):
        raise NotImplementedError

    def file_name(self, obj):
        return "termin.ics"

    def get(self, request, *args, **kwargs):
        obj = self.get_object()
        content, method = one(self.event(obj, request.build_absolute_uri(obj.get_absolute_url())))
        return answer(content, self.file_name(obj), method)
