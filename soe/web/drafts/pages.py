"""What a form page does with drafts: keep on demand, offer what is there, open the chosen one."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.forms.utils import ErrorDict
from django.http import Http404, HttpResponseRedirect, JsonResponse, QueryDict

from .. import text
from . import services
from .services import FIELD, NotKept

OFFERED = 3


class DraftMixin:
    """For form pages. A POST with the field `entwurf` keeps the input and does nothing else."""

    keeps_drafts = True
    draft = draft_data = None

    def dispatch(self, request, *args, **kwargs):
        keeping = request.method == "POST" and FIELD in request.POST and request.user.is_authenticated
        if not keeping or not self.keeps_drafts:
            return super().dispatch(request, *args, **kwargs)
        self.check_access()
        return self.keep_draft(request)

    def keep_draft(self, request):
        by_script = "application/json" in request.headers.get("Accept", "")
        try:
            with transaction.atomic():
                self.prepare()
                draft = services.keep(
                    request, self.get_form(), kind=self.draft_kind(), about=self.draft_about()
                )
            services.drop_if_sent(request, draft)
        except NotKept as error:
            if by_script:
                return JsonResponse({"error": str(error)}, status=error.status)
            form = self.get_form()
            form.add_error(None, f"Der Entwurf ist nicht gespeichert. {error}")
            response = self.show_again(form)
            response.status_code = error.status
            return response
        clock = text.clock(draft.saved_at)
        if by_script:
            return JsonResponse({"saved": clock, "id": str(draft.pk)})
        messages.success(request, f"Entwurf gespeichert, {clock}.")
        return HttpResponseRedirect(address(draft, draft.open()))

    def show_again(self, form):
        return self.render_to_response(self.get_context_data(form=form))

    def draft_kind(self):
        """What the list of drafts calls this form: no names, no numbers."""
        return self.title or f"{self.model._meta.verbose_name}: {self.submit_label}"

    def draft_about(self):
        obj = self.object or getattr(self, "parent", None)
        return [obj._meta.label_lower, str(obj.pk)] if obj is not None and obj.pk else None

    def open_draft(self, request):
        """After `prepare`, which asked for the rights anew. 404 for what is not mine or not of this form."""
        try:
            wanted = uuid.UUID(request.GET[FIELD])
        except ValueError:
            raise Http404 from None
        self.draft = services.mine(request.user).filter(pk=wanted, path=request.path).first()
        content = self.draft and self.draft.open()
        if not content:
            raise Http404
        self.draft_data = QueryDict(mutable=True)
        for name, values in content["fields"]:
            self.draft_data.setlist(name, values)

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        if self.draft_data is not None:
            kwargs["data"] = self.draft_data
        return kwargs

    def get_form(self, form_class=None):
        return self.unchecked(super().get_form(form_class))

    def unchecked(self, form):
        """A draft is shown as it was typed, unfinished: nothing is checked before it is sent."""
        form.from_draft = self.draft_data is not None
        if form.from_draft:
            form._errors, form.cleaned_data = ErrorDict(), {}
        return form

    def typed_data(self):
        """What the person typed so far: posted, out of a draft, or out of the address."""
        if self.draft_data is not None:
            return self.draft_data
        return self.request.POST if self.request.method == "POST" else self.request.GET

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not self.keeps_drafts:
            return context
        offers = []
        if self.request.method == "GET" and self.draft is None:
            rows = services.mine(self.request.user).filter(path=self.request.path)[:OFFERED]
            offers = [(row, address(row, content)) for row in rows if (content := row.open())]
        return context | {
            "draft": self.draft,
            "draft_key": str(self.request.user.pk),
            "draft_offers": offers,
        }


def address(draft, content):
    query = f"{content['query']}&" if content["query"] else ""
    return f"{draft.path}?{query}{FIELD}={draft.pk}"
