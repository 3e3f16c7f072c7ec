"""What every template knows about the installation and the person in front of it."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject, cached_property

from soe.departments import asking

from . import rights
from .guidance import keys
from .guidance.texts import page_texts
from .registry import navigation

# Named here so that the frame works before each of these pages exists; a missing one is simply not linked.
FOOTER = (
    ("Hilfe und Tastenkürzel", "help"),
    ("Erklärung zur Barrierefreiheit", "accessibility"),
    ("Datenschutz", "privacy"),
)


def _url(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Shell:
    """The frame around a page: navigation by rights, person, settings. Asked only when a template draws it."""

    def __init__(self, request):
        self.request = request

    @cached_property
    def user(self):
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def person(self):
        return str(self.user) if self.user else ""

    @cached_property
    def memberships(self):
        if not self.user:
            return []
        rows = asking.memberships(self.user)
        return sorted(rows, key=lambda row: (row.deputy_for_id is not None, row.valid_from, row.pk))

    @cached_property
    def department(self):
        """The person's own department; the first of several, deputyships last."""
        own = [m for m in self.memberships if m.deputy_for_id is None] or self.memberships
        return own[0].department.short_name if own else ""

    @cached_property
    def deputies(self):
        return [m for m in self.memberships if m.deputy_for_id is not None]

    @cached_property
    def _counted(self):
        """Navigation and badges: everything the frame counts, in one statement."""
        return navigation.counted(self.user, rights.codes(self.request)) if self.user else ([], {})

    @property
    def notices(self):
        """How many unread notices the bell shows."""
        return self._counted[1].get("notices", 0)

    @cached_property
    def navigation(self):
        """[(group, [(entry, url, count, current)])]; the entry with the longest matching path is current."""
        if not self.user:
            return []
        groups = self._counted[0]
        path = self.request.path
        matching = [
            url
            for _, items in groups
            for _, url, _ in items
            if path == url or (url != "/" and path.startswith(url))
        ]
        current = max(matching, key=len, default=None)
        return [
            (group, [(e, url, count, url == current) for e, url, count in items]) for group, items in groups
        ]

    @cached_property
    def page_help(self):
        """The help of this page; one query where the page draws it."""
        match = getattr(self.request, "resolver_match", None)
        if not self.user or match is None:
            return ""
        return page_texts(self.request).get("", "")

    @property
    def help_edit_url(self):
        match = getattr(self.request, "resolver_match", None)
        if match is None or "system.manage" not in rights.codes(self.request):
            return ""
        return reverse("web:help_text", args=[match.view_name])

    @cached_property
    def keys(self):
        return {"single": [*keys.ALWAYS, *keys.SINGLE, *keys.ROWS], "going": keys.going(self.navigation)}

    @cached_property
    def preferences(self):
        return (self.user.preferences or {}) if self.user else {}

    @property
    def shortcuts(self):
        return self.preferences.get("shortcuts", True)

    @cached_property
    def footer(self):
        return [(label, url) for label, name in FOOTER if (url := _url(name))]

    @cached_property
    def account_url(self):
        return _url("account")

    @cached_property
    def theme_url(self):
        return _url("web:theme")

    @cached_property
    def logout_url(self):
        return _url("account_logout")


def _theme(shell):
    return shell.preferences.get("theme", "auto")


def site(request):
    shell = Shell(request)
    return {
        "city": settings.SOE_CITY,
        "demo": settings.SOE_DEMO,
        "request_id": getattr(request, "request_id", ""),
        "shell": shell,
        "theme": SimpleLazyObject(lambda: str(_theme(shell))),
    }
