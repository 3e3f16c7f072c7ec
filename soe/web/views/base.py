"""403 or 404, one transaction per unsafe request, and what a page declares about its rights."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import TemplateView, View

from soe.audit.reads import log_read

from .. import rights
from ..policy import Policy
from ..tokens import once, posted_token

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class RequestMixin:
    """Signed in, allowed at all, and every unsafe request in one transaction that runs once."""

    # A POST without its one-time token does nothing. False only for what is idempotent by nature; each such view
    # stands with its reason in tests/web/test_once.py.
    token_required = True
    title = ""
    crumbs = ()  # (label, url) pairs before the title; override get_crumbs() for computed ones

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        self.check_access()
        if request.method in SAFE:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            known = hasattr(self, request.method.lower())  # else 405
            if known and self.token_required and posted_token(request) is None:
                return self.without_token()
            return once(request, lambda: super(RequestMixin, self).dispatch(request, *args, **kwargs))

    def check_access(self):
        """Raise PermissionDenied (403) unless the user may come here at all."""

    def without_token(self):
        """Without its one-time token a retried POST would act twice: nothing happens, the person sends once more."""
        return render(self.request, "web/not_once.html", status=400)

    @classmethod
    def offered_methods(cls):
        return tuple(name.upper() for name in ("get", "post") if hasattr(cls, name))

    def may(self, permission) -> bool:
        return permission in rights.codes(self.request)

    def get_title(self):
        return self.title

    def get_crumbs(self):
        return list(self.crumbs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context.setdefault("title", self.get_title())
        context.setdefault("crumbs", self.get_crumbs())
        return context


class ScopedMixin(RequestMixin):
    """403: no membership gives the action. 404: this row is out of reach (same page as a row that does not exist).

    `queryset` is unrestricted; only this class restricts it. `action` is a rule of the model's Scope.
    """

    queryset = None
    action = "view"

    @classmethod
    def policy(cls):
        model = cls.queryset.model
        return Policy(
            permissions=frozenset(model.scope.rule(cls.action).permissions),
            model=model._meta.label,
            action=cls.action,
            rows=cls.policy_rows(),
            methods=cls.offered_methods(),
            api=getattr(cls, "api", False),
        )

    @classmethod
    def policy_rows(cls):
        return True

    @property
    def model(self):
        return self.queryset.model

    def check_access(self):
        if not rights.may(self.request, self.queryset.model, self.action):
            raise PermissionDenied

    def get_queryset(self):
        return self.queryset.all().restrict(self.request.user, self.action)

    def get_object(self, queryset=None):
        """The row named in the URL out of the restricted queryset; 404 otherwise."""
        name = getattr(self, "pk_url_kwarg", "pk")
        return get_object_or_404(self.get_queryset() if queryset is None else queryset, pk=self.kwargs[name])

    @property
    def hidden(self):
        return rights.hidden_fields(self.request, self.queryset.model)

    def can(self, action, obj) -> bool:
        """Whether the reader may do `action` on `obj`; asked once per action and row."""
        return rights.can(self.request, action, obj)


class PageView(RequestMixin, TemplateView):
    """A plain page. `permission` None: every signed-in person; a code: 403 without it; a tuple: one of them."""

    permission = None

    @classmethod
    def policy(cls):
        return Policy(
            permissions=frozenset(cls.needed()),
            methods=cls.offered_methods(),
            api=getattr(cls, "api", False),
        )

    @classmethod
    def needed(cls):
        if cls.permission is None:
            return ()
        return (cls.permission,) if isinstance(cls.permission, str) else tuple(cls.permission)

    def check_access(self):
        needed = set(self.needed())
        if needed and not needed & rights.codes(self.request):
            raise PermissionDenied


class SuggestView(ScopedMixin, View):
    """What a type-ahead field asks: GET ?q= → {"results": [{"id", "text", "note"}]}, at most `limit`.

    Override `find(rows, query)`: it gets the restricted queryset and returns a sliced queryset or list.
    """

    limit = 10
    read_basis = "Suche"

    @classmethod
    def policy_rows(cls):
        return False

    def find(self, rows, query):
        raise NotImplementedError

    def text(self, obj):
        return str(obj)

    def note(self, obj):
        return ""

    def get(self, request, *args, **kwargs):
        query = request.GET.get("q", "").strip()[:200]
        found = list(self.find(self.get_queryset(), query)[: self.limit]) if len(query) > 1 else []
        if self.queryset.model.social_data and query:
            log_read("search", self.queryset.model, basis=self.read_basis, hits=len(found))
        results = [{"id": str(obj.pk), "text": self.text(obj), "note": self.note(obj)} for obj in found]
        return JsonResponse({"results": results})
