"""Tables in KERN markup: caption, row headers, cards on small screens, values for the export."""

from decimal import Decimal

import django_tables2 as tables
from django.utils.html import format_html

from . import text

YES_NO = {True: "ja", False: "nein"}


class Column(tables.Column):
    """Plain text or number. `css`: extra classes of the cell ("is-num", "is-extra", "is-tags").

    `permission`: code needed to see the column; without it the column does not exist (page, sorting, export).
    `exports_as`: header in the export when the one on the page is too short.
    """

    def __init__(self, *args, css="", permission=None, **kwargs):
        kwargs.setdefault("default", "–")
        super().__init__(*args, **kwargs)
        self.css, self.permission = css, permission

    def render(self, value):
        return YES_NO[value] if isinstance(value, bool) else value

    def value(self, **kwargs):
        value = kwargs.get("value")
        return YES_NO[value] if isinstance(value, bool) else value


class TitleColumn(Column):
    """The row header: a link to the record, and a second line (`sub`: accessor or function of the record)."""

    def __init__(self, *args, sub=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.sub = sub
        self.css = f"is-title {self.css}".strip()

    def render(self, value, record):
        sub = _sub(self.sub, record)
        url = record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
        main = (
            format_html('<a class="soe-table__main" href="{}">{}</a>', url, value)
            if url
            else format_html('<span class="soe-strong">{}</span>', value)
        )
        return format_html('{}<span class="soe-table__sub">{}</span>', main, sub) if sub else main


class SubColumn(Column):
    """Two lines: the value, and `sub` in small type below."""

    def __init__(self, *args, sub=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.sub = sub

    def render(self, value, record):
        sub = _sub(self.sub, record)
        return format_html('{}<span class="soe-table__sub">{}</span>', value, sub) if sub else value


class NumberColumn(Column):
    """A number in German notation, set right; stays a number in the export."""

    def __init__(self, *args, places=None, unit="", **kwargs):
        super().__init__(*args, **kwargs)
        self.places, self.unit = places, unit
        self.css = f"is-num {self.css}".strip()

    def render(self, value):
        return f"{text.number(value, self.places)} {self.unit}".strip()


class DateColumn(Column):
    """17.11.2026"""

    def render(self, value):
        return format_html('<span class="soe-nowrap">{}</span>', text.day(value))


class MomentColumn(Column):
    """17.11.2026, 9.12 Uhr"""

    def render(self, value):
        return format_html('<span class="soe-nowrap">{}</span>', text.moment(value))


class DueColumn(Column):
    """A deadline: words first ("6 Tage zu spät"), then the date. `open_when(record)`: False shows the plain date."""

    def __init__(self, *args, open_when=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.open_when = open_when

    def render(self, value, record):
        from .templatetags.soe import due_words

        if self.open_when is not None and not self.open_when(record):
            return format_html('<span class="soe-nowrap">{}</span>', text.day(value))
        return format_html('{}<span class="soe-table__sub">{}</span>', due_words(value), text.day(value))


class TemplateColumn(tables.TemplateColumn):
    """A cell drawn by a template (`record`, `value`); give `value_<name>` on the table for the export."""

    def __init__(self, *args, css="", permission=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.css, self.permission = css, permission

    def value(self, **kwargs):
        return kwargs.get("value")


class SelectColumn(Column):
    """Tick boxes for bulk actions; posts `selected` with the form of that id, wherever it stands on the page."""

    def __init__(self, *, form="", **kwargs):
        kwargs |= {"accessor": "pk", "verbose_name": "", "orderable": False, "exclude_from_export": True}
        super().__init__(css="is-check", **kwargs)
        self.form = form

    def render(self, value, record):
        return tick(value, record, self.form)


class Table(tables.Table):
    """`Meta`: `caption` (who and sorted how is added), `row_header` (column name, default the first), `cards` (default
    True), `empty` (what would stand here), `order_by`. Offered orders need an index on the database column.
    """

    class Meta:
        template_name = "web/table.html"
        order_by_field = "sortierung"
        page_field = "seite"
        per_page_field = "je_seite"
        default = "–"
        orderable = True

    caption = ""
    row_header = ""
    cards = True
    chosen = None  # names the reader chose; None: the table as it is

    def __init__(self, *args, codes=None, hidden=frozenset(), **kwargs):
        if codes is not None:
            kwargs["exclude"] = [*(kwargs.get("exclude") or ()), *self._forbidden(codes, hidden)]
        kwargs.setdefault("template_name", "web/table.html")
        kwargs.setdefault("order_by_field", "sortierung")
        super().__init__(*args, **kwargs)
        for column in self.columns.iterall():
            # Headers come from the model's own words; afterwards the rows may be a plain list that knows no model.
            column.column.verbose_name = column.verbose_name

    @classmethod
    def _forbidden(cls, codes, hidden):
        """Columns this reader may not see: by their own permission, or because they read a hidden field."""
        for name, column in cls.base_columns.items():
            needed = getattr(column, "permission", None)
            first = str(column.accessor or name).replace(".", "__").split("__")[0]
            if (needed and needed not in codes) or first in hidden:
                yield name

    @classmethod
    def header_column(cls):
        """The column every row is named by; it cannot be hidden."""
        return cls.row_header or next(
            (n for n, c in cls.base_columns.items() if isinstance(c, TitleColumn)),
            next(iter(cls.base_columns), ""),
        )

    @property
    def header_name(self):
        return self.row_header or next(
            (c.name for c in self.columns if isinstance(c.column, TitleColumn)),
            next((c.name for c in self.columns if not isinstance(c.column, SelectColumn)), ""),
        )

    @property
    def sorted_words(self):
        """„sortiert nach Fällig, absteigend“ for the caption."""
        names = []
        for alias in self.order_by or ():
            bare = str(alias).lstrip("-")
            if bare in self.columns:
                names.append(
                    f"{self.columns[bare].header}{', absteigend' if str(alias).startswith('-') else ''}"
                )
        return "sortiert nach " + " und ".join(names) if names else ""

    def show_only(self, names):
        """Exactly these columns, on the page and in the file; the others keep their order and stay hidden."""
        self.chosen = set(names)
        for column in self.columns.iterall():
            if not isinstance(column.column, SelectColumn):
                (self.columns.show if column.name in self.chosen else self.columns.hide)(column.name)

    def export_columns(self):
        if self.chosen is not None:
            return [c for c in self.columns.iterall() if c.name in self.chosen]
        return [c for c in self.columns.iterall() if not c.column.exclude_from_export]

    def export_rows(self, records):
        """Cell values of `records`, one list per row: numbers and dates as such, text without markup."""
        columns = self.export_columns()
        self.data.data = records
        for row in self.rows:
            yield [_cell(row.get_cell_value(column.name)) for column in columns]


def tick(value, record, form):
    """The tick box of one row; also for lists that draw their rows themselves."""
    return format_html(
        '<input class="soe-check" type="checkbox" name="selected" value="{}" form="{}" aria-label="{} auswählen">',
        value,
        form,
        record,
    )


def _sub(sub, record):
    if sub is None:
        return ""
    return sub(record) if callable(sub) else tables.A(sub).resolve(record, quiet=True)


def _cell(value):
    if value is None or isinstance(value, int | float | Decimal) or hasattr(value, "isoformat"):
        return value
    return str(value)
