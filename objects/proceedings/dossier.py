"""What proceedings and measures show on the page of a property: a tab, the ladder, two head actions."""

from django.db.models import Exists, OuterRef, Q

from objects.register import dossier
from soe.web.views import Action

from .ladder import item_in_focus, ladder
from .models import InformationRequest, Measure, OrderItem, Proceeding
from .models.dissent import in_dissent
from .selectors import may_act, stubs_of
from .views.proceedings import linked, whole, with_next_due


def register():
    dossier.add_tab(
        dossier.Tab(
            "verfahren",
            "Verfahren und Maßnahmen",
            "objects/proceedings/tab.html",
            tab,
            count=count,
            permission="proceeding.view",
            order=10,
        )
    )
    dossier.add_panel(
        dossier.Panel(
            "main",
            "objects/proceedings/panel.html",
            panel,
            permission="proceeding.view",
            order=10,
            rows=with_open_items,
        )
    )
    dossier.add_panel(
        dossier.Panel(
            "main",
            "objects/proceedings/dissent_panel.html",
            dissent,
            permission="proceeding.view",
            order=5,
            rows=contradicted,
        )
    )
    measure = Action(
        "Maßnahme anlegen", "objects:measure_create", action="measure", primary=True, when=stands
    )
    dossier.add_action(measure, 20)
    dossier.add_action(
        Action("Verfahren eröffnen", "objects:proceeding_create", action="proceed", when=stands), 30
    )


def stands(house):
    return not house.is_retired


def tab(request, house):
    user = request.user
    return {
        "proceedings": with_next_due(Proceeding.objects.restrict(user).filter(property=house)).select_related(
            "department", "legal_basis"
        ),
        "measures": Measure.objects.restrict(user).filter(property=house).select_related("department"),
        "stubs": [(stub, None) for stub in stubs_of(house, user=user)],
        "requests": InformationRequest.objects.restrict(user, "view")
        .filter(Q(proceeding__property=house) | Q(measure__property=house))
        .select_related("asking_department", "asked_department"),
        "may_proceed": stands(house) and may_act(house, user, "proceeding.change"),
        "may_measure": stands(house) and may_act(house, user, "measure.change"),
    }


def count(user, house):
    """Running proceedings and open measures, stubs included: everyone sees that they exist."""
    return [model.objects.open().filter(property=house) for model in (Proceeding, Measure)]


def contradicted(user, house):
    rows = Measure.objects.restrict(user).filter(property=house, state=Measure.State.DONE)
    return rows.filter(in_dissent(user))


def dissent(request, house):
    """Measures reported done while something linked to them is open; None when there are none."""
    found = list(contradicted(request.user, house).select_related("department")[:5])
    return {"rows": found} if found else None


def with_open_items(user, house):
    """Running proceedings the reader may see, in which an order demands something that is not done."""
    items = OrderItem.objects.open().filter(order__proceeding=OuterRef("pk"))
    return Proceeding.objects.restrict(user).open().filter(Exists(items), property=house)


def panel(request, house):
    """The ladder of the proceeding that presses most: the readable open one with an order, due first."""
    rows = whole(with_open_items(request.user, house))[:6]
    best = None
    for row in rows:
        focus = item_in_focus(linked(row))
        if focus is None or focus.state != "open":
            continue
        key = (focus.is_suspended, focus.due_on is None, focus.due_on)
        if best is None or key < best[0]:
            best = (key, row, focus)
    if best is None:
        return None
    _, row, focus = best
    may_change = Proceeding.objects.restrict(request.user, "change").filter(pk=row.pk).exists()
    return {"proceeding": row, "focus": focus, "rungs": ladder(row, focus), "may_change": may_change}
