"""What a person holds by her memberships, asked once per page and never kept longer.

Rights withdrawn count with the next request: the answer lives in the request that asked (`AskingMiddleware`), and
only while it reads. Whatever writes, streams or runs in the background asks anew for each `restrict()`; a change of
memberships or roles forgets what was known at once.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps

_known: ContextVar[dict | None] = ContextVar("soe_held", default=None)
SAFE = {"GET", "HEAD"}
# What the answer is made of, and the account itself (also through its proxy).
CONCERNED = {"departments.Membership", "departments.RoleGrant", "departments.Role", "accounts.User"}


class Departments(tuple):
    """Ids of departments, in a fixed order so that the same question is the same statement."""

    __slots__ = ()


def held(user) -> dict:
    """{permission: Departments in which a current membership grants it}; None stands for any membership."""
    known = _known.get()
    if known is not None and user.pk in known:
        return known[user.pk]
    result = _read([user.pk])[user.pk]
    if known is not None:
        known[user.pk] = result
    return result


def _read(people) -> dict:
    """{id of account: what held() says}, in one query."""
    memberships = apps.get_model("departments", "Membership").objects.current().filter(user__in=people)
    found: dict = {pk: {} for pk in people}
    for person, department, permission in memberships.order_by().values_list(
        "user_id", "department_id", "role__grants__permission"
    ):
        found[person].setdefault(None, set()).add(department)
        if permission is not None:
            found[person].setdefault(permission, set()).add(department)
    return {
        person: {permission: Departments(sorted(ids)) for permission, ids in by_permission.items()}
        for person, by_permission in found.items()
    }


def memberships(user) -> list:
    """The current memberships of `user` with department, role and the person she stands in for."""
    known, key = _known.get(), ("memberships", user.pk)
    if known is not None and key in known:
        return known[key]
    rows = apps.get_model("departments", "Membership").objects.current().filter(user_id=user.pk)
    found = list(rows.select_related("department", "role", "deputy_for"))
    if known is not None:
        known[key] = found
    return found


@contextmanager
def once():
    """Inside, each person's memberships are read at most once."""
    if _known.get() is not None:
        yield
        return
    with anew():
        yield


@contextmanager
def together(users):
    """Inside, the memberships of all these people were read in one query."""
    with once():
        known = _known.get()
        if unknown := [user.pk for user in users if user.pk not in known]:
            known.update(_read(unknown))
        yield


@contextmanager
def anew():
    """Inside, memberships are read again, whatever was known before: for work that asks on purpose a second time."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def forget(sender, **kwargs):
    """A membership, a role or an account changed (receiver of post_save and post_delete)."""
    known = _known.get()
    if known and sender._meta.concrete_model._meta.label in CONCERNED:
        known.clear()


class AskingMiddleware:
    """One answer for one page that is only read. Forms that write ask each time."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in SAFE:
            return self.get_response(request)
        with anew():
            return self.get_response(request)
