"""The page of a property is put together by the subjects of this app: tabs, panels of the overview, head actions.

Filled in `registration.register()` of each subject. All callables start from `restrict()`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from soe.web.counting import counts
from soe.web.views import Action


@dataclass(frozen=True)
class Tab:
    """A part of the page with an address of its own: /objekte/<id>/akte/<slug>/.

    `context(request, house) -> dict` for `template`; `count(user, house)` stands beside the label:
    the rows of a queryset or of several, counted together for all tabs.
    `listed=False`: reached from a link on another part of the page, not from the bar of tabs.
    """

    slug: str
    label: str
    template: str
    context: Callable
    count: Callable | None = None
    permission: str | None = None
    order: int = 100
    listed: bool = True


@dataclass(frozen=True)
class Panel:
    """A section of the overview: place "main" (work, left) or "aside" (facts, right).

    `context(request, house) -> dict | None`; None: nothing to show. The template draws the whole section.
    """

    place: str
    template: str
    context: Callable
    permission: str | None = None
    order: int = 100


tabs: dict[str, Tab] = {}
panels: dict[str, Panel] = {}
actions: list[tuple[int, Action]] = []


def add_tab(tab: Tab):
    tabs[tab.slug] = tab


def add_panel(panel: Panel):
    panels[panel.template] = panel


def add_action(action: Action, order: int = 100):
    """A head action of the property page; the two first ones are buttons, the others stand under „Mehr“."""
    actions[:] = [entry for entry in actions if entry[1].label != action.label] + [(order, action)]


def allowed_tabs(codes) -> list[Tab]:
    rows = [
        tab for tab in tabs.values() if tab.listed and (tab.permission is None or tab.permission in codes)
    ]
    return sorted(rows, key=lambda tab: (tab.order, tab.label))


def counted(tabs, user, house) -> dict:
    """{slug: number} of the tabs that count, in one statement."""
    asked = {}
    for tab in tabs:
        rows = tab.count(user, house) if tab.count else []
        for place, part in enumerate(rows if isinstance(rows, list) else [rows]):
            asked[tab.slug, place] = part
    numbers: dict = {}
    for (slug, _), number in counts(asked).items():
        numbers[slug] = numbers.get(slug, 0) + number
    return numbers


def allowed_panels(codes, place) -> list[Panel]:
    rows = [
        panel
        for panel in panels.values()
        if panel.place == place and (panel.permission is None or panel.permission in codes)
    ]
    return sorted(rows, key=lambda panel: (panel.order, panel.template))


def head_actions() -> list[Action]:
    return [action for _, action in sorted(actions, key=lambda entry: entry[0])]
