"""What the register hangs into the shared pages."""

from django.db.models import Q

from soe.departments.scope import departments_granting
from soe.web.registry import inbox, navigation, quick, search, timeline
from soe.web.removal import registry as removable

ENDED = "Entfernen ist für falsche Einträge gedacht. Ist {} wirklich {}, beenden Sie den Eintrag stattdessen."


def register():
    from soe.web.imports import spec as imports

    from . import dossier, finding, numbers, summaries, tabs
    from . import inbox as tasks
    from . import timeline as entries
    from .importing import PartyImport
    from .lists.spec import PropertyImport
    from .models import Building, Dwelling, NoDuplicate, Note, Ownership, Parcel

    navigation.add(
        group="Kataster",
        label="Objekte",
        url_name="objects:property_list",
        icon="house",
        order=10,
        permission="register.view",
    )
    navigation.add(
        group="Kataster",
        label="Eigentümer",
        url_name="objects:party_list",
        icon="key",
        order=60,
        permission="owner.view",
    )
    quick.add(
        label="Objekt anlegen",
        url_name="objects:property_create",
        icon="house",
        key="o",
        order=40,
        permission="register.change",
    )
    search.add(kind="Objekte", icon="house", order=10, permission="register.view", find=finding.properties)
    search.add(
        kind="Anschriften ohne Objekt",
        icon="map",
        order=20,
        permission=("register.change", "complaint.record"),
        find=finding.free_addresses,
    )
    search.add(kind="Eigentümer", icon="key", order=30, permission="owner.view", find=finding.parties)
    inbox.add(tasks.offers)
    inbox.add(tasks.reviews)
    inbox.add(tasks.without_step)
    inbox.add(tasks.overlooked)
    timeline.add("objects.Property", entries.own_entries, rows=entries.notes_of)
    timeline.add("objects.Property", numbers.entries, rows=numbers.transfers)
    dossier.add_panel(
        dossier.Panel(
            "aside", "objects/register/transfers.html", numbers.panel, order=45, rows=numbers.transfers
        )
    )
    summaries.add_step_source(summaries.goal_reviews)
    tabs.register()
    imports.register(PartyImport())
    imports.register(PropertyImport())
    removable.register(Building, parent="property", hint=ENDED.format("ein Gebäude", "abgerissen"))
    removable.register(Dwelling, parent="property", hint=ENDED.format("eine Wohneinheit", "entfallen"))
    removable.register(Parcel, parent="property", hint=ENDED.format("ein Flurstück", "weggefallen"))
    removable.register(Ownership, parent="property", hint=ENDED.format("ein Recht", "beendet"))
    removable.register(NoDuplicate, hint="Dann steht der Hinweis wieder unter „Mögliche Doppel“.")
    removable.register(Note, parent="property", shared=_own_notes)


def _own_notes(user):
    """Notes may be internal: others of the same department only, however the property is led."""
    return Q(department_id__in=departments_granting(user, "register.change"))
