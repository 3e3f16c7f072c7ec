"""People and their memberships from a list: one row per person, department and role; the same rules as by hand."""

from django.utils import timezone

from soe.departments.granting import check_end, check_grant, give, grantable_roles
from soe.departments.models import Department, Membership, Role
from soe.web.imports import cells
from soe.web.imports.spec import Column, ImportSpec, RowError
from soe.web.imports.spec import register as register_spec

from .models import Account


class Members(ImportSpec):
    name, title, noun = "zugehoerigkeiten", "Personen und Zugehörigkeiten", "Zeilen"
    lead = "Eine Zeile je Person, Stelle und Rolle. Wer kein Konto hat, bekommt eines und setzt das Kennwort selbst."
    permission = ("admin.members", "admin.all")
    after_url = "/verwaltung/konten/"
    columns = (
        Column("username", "Anmeldename", required=True, parse=cells.words(150), example="m.muster"),
        Column("last_name", "Nachname", required=True, parse=cells.words(150), example="Muster"),
        Column("first_name", "Vorname", parse=cells.words(150), default="", example="Maria"),
        Column("email", "E-Mail", parse=cells.email, default="", example="m.muster@example.org"),
        Column(
            "department",
            "Stelle",
            required=True,
            help="Kürzel, Kurzname oder Name der Stelle",
            aliases=("Fachbereich", "Träger"),
            example="bauordnung",
        ),
        Column("role", "Rolle", required=True, help="Kürzel oder Name", example="Sachbearbeitung"),
        Column("valid_from", "ab", parse=cells.day, help="leer: heute", example="01.12.2026"),
        Column("valid_until", "bis", parse=cells.day, help="leer: unbefristet", example="31.12.2027"),
    )

    def clean(self, values):
        start, end = values.get("valid_from"), values.get("valid_until")
        if start and end and end < start:
            raise RowError("valid_until", "Das Ende liegt vor dem Anfang.")

    def identity(self, values):
        return (
            values["username"].strip().lower(),
            values["department"].strip().lower(),
            values["role"].strip().lower(),
        )

    def load(self, items, user):
        places, roles = _departments(), _roles()
        allowed = set(grantable_roles(user).values_list("pk", flat=True)) if hasattr(user, "may") else set()
        names = {item.values["username"].strip().lower() for item in items if item.values.get("username")}
        accounts = {a.username.lower(): a for a in Account.objects.filter(username__in=names)}
        accounts |= {a.username.lower(): a for a in _by_name(names - set(accounts))}
        found = {
            (row.user_id, row.department_id, row.role_id): row
            for row in Membership.objects.current().filter(user__in=[a.pk for a in accounts.values()])
        }
        reach = set(
            Account.objects.restrict(user)
            .filter(pk__in=[a.pk for a in accounts.values()])
            .values_list("pk", flat=True)
        )
        for item in items:
            values = item.values
            place = places.get(values["department"].strip().lower())
            role = roles.get(values["role"].strip().lower())
            account = accounts.get(values["username"].strip().lower())
            if place is None:
                item.reject("Stelle", "Diese Stelle gibt es nicht.")
            if role is None or role.pk not in allowed:
                item.reject("Rolle", "Diese Rolle gibt es nicht oder Sie können sie nicht vergeben.")
            if account is not None and account.pk not in reach:
                # The same words as for a name that is simply taken: nobody learns who else works in the city.
                item.reject("Anmeldename", "Diesen Anmeldenamen können Sie nicht verwenden.")
            if item.errors:
                continue
            item.place, item.role, item.account = place, role, account
            if account is not None:
                item.obj = found.get((account.pk, place.pk, role.pk))

    def current(self, obj):
        """What may differ for a membership that is there: its end. Names of known people are not changed here."""
        return {"valid_until": obj.valid_until}

    def write(self, item, user):
        values = item.values
        place = Department.objects.get(pk=item.place.pk)
        role = Role.objects.get(pk=item.role.pk)
        if item.obj is not None:
            row = Membership.objects.get(pk=item.obj.pk)
            check_end(user, row)
            check_grant(user, person=row.user, department=place, role=role)
            row.valid_until = values.get("valid_until")
            row.save(reason=self.title)
            return
        account = item.account or Account.objects.filter(username__iexact=values["username"].strip()).first()
        check_grant(user, person=account, department=place, role=role)
        if account is None:
            account = Account(
                username=values["username"].strip(),
                last_name=values["last_name"],
                first_name=values.get("first_name") or "",
                email=values.get("email") or "",
            )
            account.set_unusable_password()
            account.full_clean(exclude=["password"])
            account.save(reason=self.title)
        give(
            user,
            person=account,
            department=place,
            role=role,
            valid_from=values.get("valid_from") or timezone.localdate(),
            valid_until=values.get("valid_until"),
            reason=self.title,
        )


def _by_name(names):
    """Sign-in names are compared without regard to case, as everywhere."""
    from django.db.models.functions import Lower

    return Account.objects.annotate(folded=Lower("username")).filter(folded__in=names)


def _departments():
    found = {}
    for row in Department.objects.active():
        for name in (row.name, row.short_name, row.code):
            found[name.lower()] = row
    return found


def _roles():
    found = {}
    for row in Role.objects.active():
        for name in (row.name, row.code):
            found[name.lower()] = row
    return found


def register():
    register_spec(Members())
