"""Writing, changing, removing; whom to mention; watching; following a number."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import View

from soe.audit.reads import log_read
from soe.departments.scope import departments_granting

from .. import targets
from ..forms import Form
from ..policy import Policy
from ..views.base import PageView, RequestMixin
from ..views.edit import ActionView, ScopedCreateView
from . import mentions, numbers, services
from .forms import CommentForm, TextForm
from .models import Comment, Watch


class CommentCreateView(ScopedCreateView):
    """Posted from the panel of a record; comes back as a page of its own only when something is wrong."""

    queryset = Comment.objects.all()
    form_class = CommentForm
    title = "Kommentar schreiben"
    submit_label = "Kommentar speichern"
    success_message = "Ihr Kommentar ist gespeichert."

    @classmethod
    def policy_rows(cls):
        return True

    def prepare(self):
        self.target = targets.target_for(self.kwargs["label"], "comments")
        self.parent = targets.find(
            self.request.user, self.kwargs["label"], self.kwargs["pk"], kind="comments"
        )
        self.department = services.department_for(self.request.user, self.target)
        if self.department is None:
            raise PermissionDenied

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        kwargs.pop("instance")
        return kwargs

    def get_initial(self):
        return {"visibility": self.department.default_visibility}

    def save(self, form):
        data = form.cleaned_data
        return services.write(
            self.parent,
            by=self.request.user,
            department=self.department,
            text=data["text"],
            visibility=data["visibility"],
        )


class OwnComment(ActionView):
    queryset = Comment.objects.filter(removed_at=None)
    form_class = TextForm

    def get_crumbs(self):
        target = self.object.target
        return [(str(target), target.get_absolute_url())]


class CommentEditView(OwnComment):
    title = "Kommentar ändern"
    submit_label = "Änderung speichern"
    success_message = "Ihr Kommentar ist geändert."

    def get_initial(self):
        return {"text": self.object.text}

    def perform(self, obj, form):
        services.edit(obj, by=self.request.user, text=form.cleaned_data["text"])


class CommentRemoveView(OwnComment):
    """Removing asks first: the text is gone from the page for everybody."""

    form_class = Form
    title = "Kommentar entfernen"
    lead = "Der Text verschwindet. Dass hier ein Kommentar stand, bleibt sichtbar. 30 Tage lang holen Sie ihn zurück."
    submit_label = "Kommentar entfernen"
    success_message = ""
    danger = True

    def perform(self, obj, form):
        obj.remove(by=self.request.user)
        undo = reverse("web:comment_restore", args=[obj.pk])
        text = 'Der Kommentar ist entfernt. <a href="{}">Rückgängig machen</a>'
        messages.success(self.request, format_html(text, undo))


class CommentRestoreView(OwnComment):
    queryset = Comment.objects.exclude(removed_at=None)
    form_class = Form
    title = "Kommentar wiederherstellen"
    lead = "Der Kommentar steht wieder da, wie er war."
    submit_label = "Kommentar wiederherstellen"
    success_message = "Der Kommentar ist wieder da."

    def perform(self, obj, form):
        obj.restore(by=self.request.user)


class MentionView(RequestMixin, View):
    """People who may see this record: GET ?q= → {"results": […]}."""

    @classmethod
    def policy(cls):
        return Policy(permissions=frozenset({None}), methods=("GET",), rows=True, note="rights of the record")

    def check_access(self):
        if not departments_granting(self.request.user, None):
            raise PermissionDenied

    def get(self, request, *args, **kwargs):
        record = targets.find(request.user, kwargs["label"], kwargs["pk"], kind="comments")
        query = request.GET.get("q", "").replace("\0", "").strip()[:60]
        target = targets.target_for(kwargs["label"], "comments")
        people = mentions.suggest(target, record, query) if query else []
        return JsonResponse(
            {
                "results": [
                    {
                        "id": user.username,
                        "text": user.full_name.strip() or user.username,
                        "note": user.username,
                    }
                    for user in people
                ]
            }
        )


class WatchView(RequestMixin, View):
    """Begin or end watching; ends also what she may no longer see."""

    @classmethod
    def policy(cls):
        return Policy(methods=("POST",), rows=True, note="rights of the record")

    def post(self, request, *args, **kwargs):
        label, pk = kwargs["label"], kwargs["pk"]
        rows = Watch.objects.filter(user=request.user, target_model=label, target_id=pk)
        if "ende" in request.POST:
            if not rows.delete()[0]:
                raise Http404
            messages.success(request, "Sie beobachten diesen Datensatz nicht mehr.")
            if "liste" in request.POST:
                return HttpResponseRedirect(reverse("web:watches"))
        record = targets.find(request.user, label, pk, kind="watch")
        if "ende" not in request.POST:
            try:
                with transaction.atomic():
                    Watch.objects.create(user=request.user, target_model=label, target_id=pk)
            except IntegrityError:
                pass  # clicked twice
            messages.success(
                request, "Sie beobachten diesen Datensatz. Änderungen und Kommentare meldet die Glocke."
            )
        return HttpResponseRedirect(record.get_absolute_url())


class WatchListView(PageView):
    """/konto/beobachtet/: what I watch and may still see."""

    title = "Beobachtete Datensätze"
    template_name = "comments/watches.html"

    def get_crumbs(self):
        return [("Mein Konto", reverse("account"))]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        by_label = {}
        for watch in Watch.objects.filter(user=self.request.user)[:500]:
            by_label.setdefault(watch.target_model, []).append(watch)
        groups, gone = [], []
        for label, watches in by_label.items():
            target = targets.target_for(label, "watch")
            records = target.rows(self.request.user).in_bulk([w.target_id for w in watches]) if target else {}
            seen = [(w, records[w.target_id]) for w in watches if w.target_id in records]
            gone += [w for w in watches if w.target_id not in records]
            if seen:
                if target.model.social_data:
                    log_read("list", target.model, basis="beobachtete Datensätze", hits=len(seen))
                groups.append((str(target.model._meta.verbose_name_plural), seen))
        context.update(groups=sorted(groups, key=lambda group: group[0]), gone=gone)
        return context


class NumberView(RequestMixin, View):
    """/nummer/HER-0042/: to the record of this number, if the reader may see it."""

    @classmethod
    def policy(cls):
        return Policy(methods=("GET",), rows=True, note="finds only what restrict() allows")

    def get(self, request, *args, **kwargs):
        record = numbers.find(request.user, kwargs["number"][:60])
        if record is None:
            raise Http404
        return HttpResponseRedirect(record.get_absolute_url())
