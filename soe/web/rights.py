"""The reader's permissions, asked once per request."""

from soe.departments import scope

from .counting import counts


def codes(request) -> frozenset:
    """Every permission the signed-in person holds right now; one query per request."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frozenset()
    cached = getattr(request, "_soe_codes", None)
    if cached is None or cached[0] != user.pk:
        cached = (user.pk, user.permission_codes())
        request._soe_codes = cached
    return cached[1]


def may(request, model, action="view") -> bool:
    """The question behind 403, out of the permissions already asked for; row grants cost a query of their own."""
    if model.scope.rule(action).permissions & codes(request):
        return True
    return scope.may(request.user, model, action)


def answers(request) -> dict:
    """{(action, label, pk): bool} of what was asked about single rows in this request (ScopedMixin.can)."""
    return request.__dict__.setdefault("_soe_can", {})


def can(request, action, obj) -> bool:
    """Whether the reader may do `action` on `obj`; asked once per request."""
    ask_each(request, [action], obj)
    return answers(request)[action, obj._meta.label, obj.pk]


def to_ask(request, actions, obj) -> dict:
    """The querysets that answer what is not known yet: {(action, label, pk): rows}."""
    known, asked = answers(request), {}
    for action in actions:
        key = (action, obj._meta.label, obj.pk)
        if key in known:
            continue
        rows = type(obj).objects.restrict(request.user, action)
        if rows.query.is_empty() or not rows.query.where:
            known[key] = not rows.query.is_empty()  # nothing, or every row
        else:
            asked[key] = rows.filter(pk=obj.pk)
    return asked


def ask_each(request, actions, obj):
    """All actions in one statement; `can()` then knows the answers."""
    asked = to_ask(request, actions, obj)
    answers(request).update({key: bool(number) for key, number in counts(asked, present=asked).items()})


def hidden_fields(request, model) -> frozenset:
    """Names of fields of `model` this reader may not see (pages, history, exports, filters, sorting)."""
    needed = getattr(model, "field_permissions", None)
    if not needed:
        return frozenset()
    held = codes(request)
    return frozenset(name for name, permission in needed.items() if permission not in held)
