"""All routes of the application with what they demand: the base of `permission_policy` and its test."""

from dataclasses import dataclass

from django.db import OperationalError, ProgrammingError
from django.urls import URLPattern, URLResolver, get_resolver

from .policy import Policy, policy_of


@dataclass(frozen=True)
class Route:
    path: str
    name: str
    policy: Policy | None
    view: str


def routes(resolver=None) -> list[Route]:
    """Every URL pattern, in the order in which they are tried."""
    return list(_walk(resolver or get_resolver(), "/", ""))


def _walk(resolver, prefix, namespace):
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, path, inner)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name else ""
            view = getattr(pattern.callback, "view_class", pattern.callback)
            label = f"{view.__module__}.{getattr(view, '__qualname__', view)}"
            yield Route(path, name, policy_of(pattern.callback, name), label)


def role_codes() -> dict[str, frozenset]:
    """{role name: permissions}: the rows of this database, or the seeded defaults while there are none."""
    from soe.departments.defaults import ROLES
    from soe.departments.models import Role

    try:
        rows = {role.name: frozenset(role.codes()) for role in Role.objects.order_by("name")}
    except (OperationalError, ProgrammingError):  # a database without tables
        rows = {}
    return rows or {name: frozenset(permissions) for _, name, _, permissions in ROLES}


def table(roles=None):
    """One row per route, method and role (anonymous first) with the answer codes that are expected."""
    roles = role_codes() if roles is None else roles
    for route in routes():
        if route.policy is None:
            continue
        for method in route.policy.methods:
            for role, codes in [("(nicht angemeldet)", None), *roles.items()]:
                yield {
                    "route": route.path,
                    "name": route.name,
                    "method": method,
                    "role": role,
                    "expected": route.policy.expected(codes, method),
                    "permissions": sorted(
                        code or "(jede Zugehörigkeit)" for code in route.policy.permissions
                    ),
                    "model": route.policy.model,
                    "action": route.policy.action,
                    "note": route.policy.note,
                }


def undeclared() -> list[Route]:
    return [route for route in routes() if route.policy is None]
