"""Which records of the register take files, and the files of a house with all that happened in it."""

from itertools import groupby

from django.db.models import Q
from django.urls import reverse

from soe.web import targets
from soe.web.files.models import Attachment
from soe.web.files.panel import files_panel
from soe.web.files.selectors import history_shots
from soe.web.registry import Entry, timeline
from soe.web.text import MONTHS, local_date

SHOWN = 400


def register():
    from .complaints.models import Complaint
    from .inspections.models import DwellingVisit, Finding, Inspection
    from .proceedings.models import Measure, Order, Proceeding
    from .register import dossier
    from .register.models import Property
    from .register.reach import acted_on

    def at_house(path):
        return lambda departments: Q(**{path: acted_on(departments)})

    targets.register(Property, files=True, acting=at_house("pk__in"))
    targets.register(Complaint, files=True, acting=_involved)
    targets.register(Proceeding, files=True, acting=at_house("property__in"))
    targets.register(Order, files=True, acting=at_house("proceeding__property__in"))
    targets.register(Measure, files=True, acting=at_house("property__in"))
    targets.register(Inspection, files=True, write="record", acting=_on_the_day("day"))
    targets.register(DwellingVisit, files=True, write="record", acting=_on_the_day("inspection__day"))
    targets.register(Finding, files=True, write="follow", acting=_on_the_day("day"))

    dossier.add_panel(dossier.Panel("aside", "objects/register/files_panel.html", panel, order=40))
    dossier.add_tab(dossier.Tab("dateien", "Dateien", "objects/register/tabs/files.html", tab, order=75))
    timeline.add("objects.Property", entries, rows=_of_house)


def _involved(departments):
    from .complaints.models import ComplaintInvolvement

    found = ComplaintInvolvement.objects.filter(department__in=departments)
    return Q(pk__in=found.order_by().values("complaint")) | Q(department__in=departments)


def _on_the_day(path):
    """Departments that accepted the invitation to the day."""

    def acting(departments):
        from .inspections.models import InspectionParticipation

        found = InspectionParticipation.objects.filter(department__in=departments, state="accepted")
        return Q(**{f"{path}__in": found.order_by().values("day")})

    return acting


def panel(request, house):
    context = files_panel(request, house, title="Fotos und Dokumente")
    context["all_url"] = reverse("objects:property_tab", args=[house.pk, "dateien"])
    return context


def _of_house(user, house):
    """Files of the house itself and of inspections in it that the reader may see."""
    from .inspections.models import DwellingVisit, Finding, Inspection

    inspections = Inspection.objects.filter(property=house).order_by()
    about = (
        (Inspection, inspections.values("pk")),
        (
            DwellingVisit,
            DwellingVisit.objects.filter(inspection__in=inspections.values("pk")).order_by().values("pk"),
        ),
        (Finding, Finding.objects.filter(inspection__in=inspections.values("pk")).order_by().values("pk")),
    )
    return [
        Attachment.objects.about(house).restrict(user, "view"),
        *(Attachment.objects.about_all(model, ids).restrict(user, "view") for model, ids in about),
    ]


def _newest(querysets):
    """Together, by date, newest first."""
    rows = [row for found in querysets for row in found.select_related("department")[:SHOWN]]
    return sorted(rows, key=lambda row: (row.on, row.created_at), reverse=True)[:SHOWN]


def files_of_house(user, house):
    return _newest(_of_house(user, house))


def tab(request, house):
    rows = files_of_house(request.user, house)
    months = groupby(rows, key=lambda row: f"{MONTHS[row.on.month - 1]} {row.on.year}")
    return {
        "months": [(name, list(found)) for name, found in months],
        "shots": history_shots(rows),
        "files": files_panel(request, house),
        "here": reverse("objects:property_tab", args=[house.pk, "dateien"]),
    }


def entries(user, house, *files):
    """One entry for what a department added in one day."""

    def key(row):
        return (row.on, str(row.department), row.visibility)

    rows = sorted(_newest(files), key=key)
    address = reverse("objects:property_tab", args=[house.pk, "dateien"])
    for (day, department, visibility), found in groupby(rows, key=key):
        found = list(found)
        photos = sum(row.is_image for row in found)
        parts = [
            f"{count} {one if count == 1 else many}"
            for count, one, many in (
                (photos, "Foto", "Fotos"),
                (len(found) - photos, "Dokument", "Dokumente"),
            )
            if count
        ]
        named = [row.caption for row in found if row.caption][:3]
        yield Entry(
            local_date(day),
            f"{' und '.join(parts)} hinzugefügt.",
            ", ".join(dict.fromkeys(named)),
            department=department,
            visibility=visibility,
            url=address,
            icon="camera" if photos else "paper",
        )
