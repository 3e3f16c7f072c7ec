"""The reader's permissions, asked once per request."""

from soe.departments import scope


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


def hidden_fields(request, model) -> frozenset:
    """Names of fields of `model` this reader may not see (pages, history, exports, filters, sorting)."""
    needed = getattr(model, "field_permissions", None)
    if not needed:
        return frozenset()
    held = codes(request)
    return frozenset(name for name, permission in needed.items() if permission not in held)
