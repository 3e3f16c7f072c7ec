"""The page of a property is put together by the subjects of this app: tabs, panels of the overview, head actions.

Filled in `registration.register()` of each subject. All callables start from `restrict()`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from soe.web.views import Action


@dataclass(frozen=True)
class Tab:
    """A part of the page with an address of its own: /objekte/<id>/akte/<slug>/.

    `context(request, house) -> dict` for `template`; `count(user, house)` stands beside the label:
    the rows of a queryset or of several, counted together for all tabs.
    `timeline`: `context` gets the entries of the timeline as third argument.
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
    timeline: bool = False


@dataclass(frozen=True)
class Panel:
    """A section of the overview: place "main" (work, left) or "aside" (facts, right).

    `context(request, house) -> dict | None`; None: nothing to show. The template draws the whole section.
    `rows(user, house)`: without any of these rows there is nothing to show; asked for all panels together.
    """

    place: str
    template: str
    context: Callable
    permission: str | None = None
    order: int = 100
    rows: Callable | None = None


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


def numbers_of(tabs, user, house) -> dict:
    """The querysets behind the numbers of tabs: {(tab, place): rows}."""
    return _each(tabs, lambda tab: tab.count, user, house)


def content_of(panels, user, house) -> dict:
    """The querysets without which a panel is empty: {(panel, place): rows}."""
    return _each(panels, lambda panel: panel.rows, user, house)


def _each(entries, ask, user, house):
    asked = {}
    for entry in entries:
        rows = ask(entry)(user, house) if ask(entry) else []
        for place, part in enumerate(rows if isinstance(rows, list) else [rows]):
            asked[entry, place] = part
    return asked


def allowed_panels(codes, place) -> list[Panel]:
    rows = [
        panel
        for panel in panels.values()
        if panel.place == place and (panel.permission is None or panel.permission in codes)
    ]
    return sorted(rows, key=lambda panel: (panel.order, panel.template))


def head_actions() -> list[Action]:
    return [action for _, action in sorted(actions, key=lambda entry: entry[0])]
