"""The reader's permissions, asked once per request."""


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


def hidden_fields(request, model) -> frozenset:
    """Names of fields of `model` this reader may not see (pages, history, exports, filters, sorting)."""
    needed = getattr(model, "field_permissions", None)
    if not needed:
        return frozenset()
    held = codes(request)
    return frozenset(name for name, permission in needed.items() if permission not in held)
