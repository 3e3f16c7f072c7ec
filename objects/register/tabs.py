"""The tabs that the register itself shows on the page of a property."""

from django.db.models import Prefetch

from objects.priority.course import course
from soe.departments.scope import departments_granting

from ..owners.models import OwnerChange
from ..owners.shares import excess
from .dossier import Tab, add_tab
from .models import Building, Dwelling, Ownership, Participation, Property, PropertyAddress
from .models.scales import Stage


def _problems(request, house):
    goals, lights = list(house.goals.all()), list(house.assessments.all())
    return {
        "areas": [area for area in house.problem_areas.all() if not area.resolved_on],
        "resolved": [area for area in house.problem_areas.all() if area.resolved_on],
        "lights": lights,
        "course": course(house, lights),
        "past_goals": [goal for goal in goals if goal.ended_on],
        "stage_names": Stage.choices,
    }


def _participations(request, house):
    rows = list(house.participations.all())
    own = set(departments_granting(request.user, None))
    answerable = set(
        Participation.objects.filter(property=house)
        .restrict(request.user, "change")
        .order_by()
        .values_list("pk", flat=True)
    )
    return {
        "running": [row for row in rows if not row.closed_on and row.state != "declined"],
        "past": [row for row in rows if row.closed_on or row.state == "declined"],
        "leads": list(house.lead_periods.all()),
        "answerable": answerable,
        "own": own,
        "asked_again": {row.department_id for row in rows if not row.closed_on and row.state != "declined"},
    }


def _dwellings(request, house):
    rows = (
        Dwelling.objects.filter(property=house)
        .select_related("house__address__street", "building")
        .order_by("house__sort", "position", "location")
    )
    return {
        "dwellings": [row for row in rows if row.ended_on is None],
        "ended": [row for row in rows if row.ended_on],
        "addresses": list(
            PropertyAddress.objects.filter(property=house)
            .select_related("address__street")
            .order_by("ended_on", "-primary", "sort")
        ),
        "parcels": list(house.parcels.all()),
        "buildings": list(house.buildings.current().select_related("house__address__street")),
        "gone_buildings": list(Building.objects.filter(property=house, ended_on__isnull=False)),
    }


def _ownership(request, house):
    rows = list(house.ownerships.all())
    parties = {row.party_id for row in rows if row.until is None}
    others = (
        Property.objects.restrict(request.user, "view")
        .active()
        .filter(pk__in=Ownership.objects.current().filter(party__in=parties).order_by().values("property"))
        .exclude(pk=house.pk)
        .select_related("summary")
        .prefetch_related(Prefetch("ownerships", Ownership.objects.current().select_related("party")))
        .order_by("serial")
    )
    changes = OwnerChange.objects.restrict(request.user, "view").filter(property=house)
    return {
        "current": [row for row in rows if row.until is None],
        "ended": sorted((row for row in rows if row.until), key=lambda row: row.until, reverse=True),
        "others": list(others[:20]),
        "changes": list(changes.prefetch_related("ended__party", "begun__party")[:20]),
        "excess": excess(rows),
    }


def _timeline(request, house, entries):
    wanted = request.GET.get("fb", "")
    departments = sorted({str(entry.department).split(",")[0] for entry in entries if entry.department})
    if wanted:
        entries = [entry for entry in entries if str(entry.department or "").split(",")[0] == wanted]
    return {"timeline": entries, "departments": departments, "wanted": wanted}


def register():
    folder = "objects/register/tabs"
    add_tab(Tab("bewertung", "Bewertung", f"{folder}/problems.html", _problems, order=80))
    add_tab(Tab("beteiligte", "Beteiligte", f"{folder}/participations.html", _participations, listed=False))
    add_tab(
        Tab("eigentum", "Eigentum", f"{folder}/ownership.html", _ownership, permission="owner.view", order=60)
    )
    add_tab(
        Tab(
            "wohneinheiten",
            "Gebäude",
            f"{folder}/dwellings.html",
            _dwellings,
            order=70,
        )
    )
    add_tab(
        Tab("zeitleiste", "Zeitleiste", f"{folder}/timeline.html", _timeline, listed=False, timeline=True)
    )
