"""Owners and managers out of a list: one row, one party. Contact data only for those who may change it."""

from soe.web.folding import norm
from soe.web.imports import cells
from soe.web.imports.spec import Column, ImportSpec, RowError, codes_of, reach

from .models import Party

PERSONAL = "owner.personal"


class PartyImport(ImportSpec):
    name, title, noun = "eigentuemer", "Eigentümer und Verwalter", "Einträge"
    lead = "Legt Eigentümer und Verwalter an und ergänzt vorhandene, erkannt an Name und Art."
    permission = "register.change"
    after_url = "/eigentuemer/"
    columns = (
        Column(
            "name", "Name", "Firma oder Nachname, Vorname", "Muster Immobilien GmbH", required=True,
            parse=cells.words(160), aliases=("Eigentümer", "Firma", "Bezeichnung"),
        ),
        Column("kind", "Art", example="Unternehmen", required=True, parse=cells.choice(Party.Kind)),
        Column("register_number", "Handelsregister", example="HRB 1234", parse=cells.words(60), default=""),
        Column("birth_date", "Geburtsdatum", "nur bei Personen", "31.12.1970", parse=cells.day, permission=PERSONAL),
        Column(
            "street", "Straße und Hausnummer", example="Musterweg 5", parse=cells.words(120), default="",
            permission=PERSONAL, aliases=("Straße", "Anschrift"),
        ),
        Column(
            "postcode", "PLZ", example="44623", parse=cells.words(10), default="",
            permission=PERSONAL, aliases=("Postleitzahl",),
        ),
        Column("city", "Ort", example="Herne", parse=cells.words(80), default="", permission=PERSONAL),
        Column(
            "country", "Land", "leer: Deutschland", "Belgien", parse=cells.words(60), default="", permission=PERSONAL
        ),
        Column("phone", "Telefon", example="02323 16-0", parse=cells.words(60), default="", permission=PERSONAL),
        Column("email", "E-Mail", example="post@example.org", parse=cells.email, default="", permission=PERSONAL),
        Column("note", "Hinweis", parse=cells.words(300), default="", permission=PERSONAL),
    )  # fmt: skip

    def allowed(self, user):
        # The answer to a row says whether a name is there already.
        return {"register.change", "owner.view"} <= codes_of(user)

    def clean(self, values):
        if values.get("birth_date") and values.get("kind") != Party.Kind.PERSON:
            raise RowError("birth_date", "Ein Geburtsdatum gibt es nur bei Personen.")

    def identity(self, values):
        return norm(values["name"])[:200], values["kind"], values.get("birth_date")

    def load(self, items, user):
        known: dict = {}
        names = {norm(item.values["name"])[:200] for item in items}
        for party in Party.objects.filter(search__in=names):
            known.setdefault((party.search, party.kind), []).append(party)
        mine = set(reach(Party.objects.filter(search__in=names), user, "change").values_list("pk", flat=True))
        for item in items:
            found = known.get((norm(item.values["name"])[:200], item.values["kind"]), [])
            if len(found) > 1 and (born := item.values.get("birth_date")):
                found = [party for party in found if party.birth_date == born]
            if len(found) > 1:
                item.reject(
                    "Name", "Diesen Namen gibt es mehrmals. Bitte pflegen Sie den Eintrag auf seiner Seite."
                )
            elif found:
                item.obj = found[0]
                fields = self.current(found[0])
                if found[0].pk not in mine and any(
                    fields[n] != v for n, v in item.values.items() if n in fields
                ):
                    item.reject("", "Der Eintrag ist schon da und Sie dürfen ihn nicht ändern.")

    def current(self, obj):
        return {column.name: getattr(obj, column.name) for column in self.columns if column.name != "kind"}

    def write(self, item, user):
        party = item.obj or Party()
        for name, value in item.values.items():
            setattr(party, name, value)
        party.fold()
        party.full_clean(exclude=["search", "sound", "delivery"])
        party.save(reason="aus Datei eingelesen")
