"""Start: what is late, what is due, what waits, what is new; the next appointments."""

from datetime import timedelta

from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from .. import registry, rights, text
from ..guidance.tour import STEPS
from ..policy import Policy
from .base import PageView, RequestMixin

SHOWN = 12


def week_end(today):
    """Friday of this week; from Friday on, Friday of the next: „fällig bis Freitag“ always looks ahead."""
    return today + timedelta(days=(4 - today.weekday()) % 7 or 7)


class StartView(PageView):
    title = "Meine Aufgaben"
    template_name = "web/start.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, today = self.request.user, timezone.localdate()
        tasks = registry.inbox.tasks(user, today)
        dated = sorted((t for t in tasks if t.group == "due" and t.due), key=lambda t: (t.due, t.title))
        friday = week_end(today)
        late = [t for t in dated if t.due < today]
        due = [t for t in dated if today <= t.due <= friday]
        later = [t for t in dated if t.due > friday]
        waiting = [t for t in tasks if t.group == "waiting" or (t.group == "due" and not t.due)]
        news = [t for t in tasks if t.group == "new"]
        waiting.sort(key=lambda t: (text.local_date(t.since or t.due or today), t.title))
        news.sort(key=lambda t: (text.local_date(t.since or today), t.title), reverse=True)
        dates = sorted(registry.appointments.tasks(user, today), key=lambda a: (a.day, str(a.at), a.title))
        context.update(
            today=today,
            friday=friday,
            quick=registry.quick.allowed(rights.codes(self.request)),
            late=late,
            due=due,
            later=later[:SHOWN],
            later_count=len(later),
            waiting=waiting,
            news=news[:SHOWN],
            news_count=len(news),
            appointments=dates[:6],
            shown=SHOWN,
            tour_steps=STEPS,
            tour_offer=not (self.request.user.preferences or {}).get("tour"),
            tour_open="rundgang" in self.request.GET,
        )
        return context


class ThemeView(RequestMixin, View):
    """Light, dark or as the device: one click in the person's menu."""

    token_required = False  # sets what was posted

    @classmethod
    def policy(cls):
        return Policy(methods=("POST",), note="own account")

    def post(self, request, *args, **kwargs):
        theme = request.POST.get("theme")
        if theme in ("auto", "light", "dark"):
            request.user.preferences = {**(request.user.preferences or {}), "theme": theme}
            request.user.save(update_fields=["preferences"], reason="Darstellung gewählt")
        target = request.POST.get("next", "/")
        safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
        return HttpResponseRedirect(target if safe else "/")
