"""The list behind the bell, and the settings. Reading a page marks nothing: only a POST does."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from soe.audit.context import acting_as

from .. import rights, text
from ..paging import CappedPaginator
from ..policy import Policy
from ..tokens import new_token
from ..views.base import PageView, RequestMixin
from .forms import ChannelsForm
from .models import Notice
from .services import mark_read

PER_PAGE = 50


class NoticeListView(PageView):
    title = "Hinweise"
    template_name = "notices/list.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = Notice.objects.shown_to(self.request.user, rights.codes(self.request))
        if only_unread := self.request.GET.get("nur") == "neu":
            rows = rows.unread()
        try:
            page = CappedPaginator(rows, PER_PAGE).page(self.request.GET.get("seite", 1))
        except (PageNotAnInteger, EmptyPage) as error:
            raise Http404("Diese Seite gibt es nicht.") from error
        days = [
            (day, list(entries)) for day, entries in groupby(page, key=lambda row: text.local_date(row.at))
        ]
        context.update(
            page_obj=page,
            days=[(_day_words(day), entries) for day, entries in days],
            only_unread=only_unread,
            page_query="nur=neu" if only_unread else "",
            form_token=new_token(),
        )
        return context


def _day_words(day):
    gone = (timezone.localdate() - day).days
    return {0: "Heute", 1: "Gestern"}.get(gone) or text.long_day(day)


class OwnNotices(RequestMixin, View):
    single = False

    @classmethod
    def policy(cls):
        return Policy(methods=("POST",), rows=cls.single, note="own notices only")

    def own(self):
        return Notice.objects.shown_to(self.request.user, rights.codes(self.request))


class NoticeView(OwnNotices):
    """Mark one as read; with „öffnen“ go on to the record."""

    single = True

    def post(self, request, *args, **kwargs):
        notice = get_object_or_404(self.own(), pk=kwargs["pk"])
        mark_read(Notice.objects.filter(pk=notice.pk))
        inside = url_has_allowed_host_and_scheme(notice.url, allowed_hosts={request.get_host()})
        if "oeffnen" in request.POST and inside:
            return HttpResponseRedirect(notice.url)
        return redirect("web:notices")


class ReadAllView(OwnNotices):
    def post(self, request, *args, **kwargs):
        count = mark_read(Notice.objects.filter(recipient=request.user))
        word = "1 Hinweis ist" if count == 1 else f"{text.number(count)} Hinweise sind"
        messages.success(request, f"{word} als gelesen markiert.")
        return redirect("web:notices")


class ChannelsView(PageView):
    title = "Hinweise einstellen"
    template_name = "notices/channels.html"

    def get_crumbs(self):
        return [("Mein Konto", reverse("account"))]

    def form(self, data=None):
        return ChannelsForm(data, user=self.request.user, codes=rights.codes(self.request))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context.setdefault("form", self.form())
        context.setdefault("form_token", new_token())
        return context

    def post(self, request, *args, **kwargs):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        user = request.user
        chosen = (user.preferences or {}).get("notices") or {}
        user.preferences = {**(user.preferences or {}), "notices": {**chosen, **form.cleaned_data}}
        with acting_as(user):
            user.save(update_fields=["preferences"], reason="Hinweise eingestellt")
        messages.success(request, "Ihre Einstellungen sind gespeichert.")
        return redirect("web:notice_channels")
