"""What a route demands. Every view carries one; `manage.py permission_policy` and a test read them all."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Policy:
    """The rights of one route: who passes at all (403 otherwise) and whether single rows can be out of reach (404).

    `permissions`: codes of the catalogue, one of them is enough; None inside stands for any current membership,
    an empty set for every signed-in person.
    """

    public: bool = False
    permissions: frozenset = field(default_factory=frozenset)
    model: str = ""
    action: str = ""
    rows: bool = False
    methods: tuple = ("GET",)
    note: str = ""
    api: bool = False  # read by programs: 401 instead of the login page

    def allows(self, codes) -> bool:
        """Whether somebody holding the permission `codes` in one current membership passes the first question."""
        return (
            self.public
            or not self.permissions
            or None in self.permissions
            or bool(self.permissions & set(codes))
        )

    def expected(self, codes, method="GET") -> dict:
        """Answer codes by situation for a role with `codes` (None: not signed in)."""
        if self.public:
            return {"ok": 200}
        if codes is None:
            return {"anonymous": 401 if self.api else 302}
        if method not in self.methods:
            return {"method": 405}
        if not self.allows(codes):
            return {"denied": 403}
        # A refused form answers 200 again; one that is carried out leads on.
        result = {"ok": 200} if method in ("GET", "HEAD") else {"done": 302, "invalid": 200}
        if self.rows:
            result["out_of_reach"] = 404
        return result


def public(note, methods=("GET", "POST")):
    return Policy(public=True, note=note, methods=methods)


def signed_in(note="", methods=("GET",)):
    return Policy(note=note, methods=methods)


def declare(policy):
    """Decorator for function views: `@declare(signed_in("…"))`."""

    def wrap(view):
        view.policy = policy
        return view

    return wrap


# Views of packages, by the module they live in or by full route name. Everything else declares itself.
FOREIGN: dict[str, Policy] = {}


def register_foreign(name, policy):
    """Declare a package's views: `name` is a route name ("account_login") or a module ("allauth.account.views")."""
    FOREIGN[name] = policy


def policy_of(callback, route_name="") -> Policy | None:
    """The declared policy of a URL callback, or None."""
    view_class = getattr(callback, "view_class", None)
    if view_class is not None and callable(getattr(view_class, "policy", None)):
        return view_class.policy()
    declared = getattr(callback, "policy", None) or getattr(view_class, "policy", None)
    if isinstance(declared, Policy):
        return declared
    if route_name in FOREIGN:
        return FOREIGN[route_name]
    module = (view_class or callback).__module__ if hasattr(view_class or callback, "__module__") else ""
    for name, policy in FOREIGN.items():
        if module == name or module.startswith(f"{name}."):
            return policy
    return None
