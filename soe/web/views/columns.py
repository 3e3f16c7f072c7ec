"""The part of a list that lets each reader choose columns and their order."""

from .. import rights
from ..tables import SelectColumn


class ColumnsMixin:
    """`spalten=name,art` in the address; without it the reader's own choice for this list; else what the table says.

    Columns the reader may not see do not exist here, whatever the address asks for. The export follows the choice.
    """

    column_choice = True

    def known_columns(self):
        """{name: column} of all columns this reader may have, in the table's own order."""
        if "_columns" not in self.__dict__:
            table = self.table_class
            forbidden = set(table._forbidden(rights.codes(self.request), self.hidden))
            forbidden |= set(self.get_table_kwargs().get("exclude") or ())
            self._columns = {
                name: column
                for name, column in table.base_columns.items()
                if name not in forbidden and not isinstance(column, SelectColumn)
            }
        return self._columns

    def asked_columns(self):
        """The names asked for, known or not; empty when nobody asked."""
        if not self.column_choice or self.table_class is None:
            return []
        asked = self.request.GET.get("spalten")
        if asked is None:
            asked = self.list_settings.get("spalten") or ""
        return [name for name in dict.fromkeys(str(asked)[:600].split(",")) if name]

    def chosen_columns(self):
        """The names to show in their order, or None for the table as it is. The row header is always among them."""
        if "_chosen" not in self.__dict__:
            known = self.known_columns() if self.asked_columns() else {}
            chosen = [name for name in self.asked_columns() if name in known]
            header = self.table_class.header_column() if chosen else ""
            if chosen and header in known and header not in chosen:
                chosen.insert(0, header)
            self._chosen = chosen or None
        return self._chosen

    def standard_columns(self):
        return [name for name, column in self.known_columns().items() if column.visible]

    def column_rows(self, table):
        """[(name, label, shown, fixed)] for the chooser: the shown ones first, in their order."""
        labels = {column.name: str(column.header) for column in table.columns.iterall()}
        shown = self.chosen_columns() or self.standard_columns()
        rest = [name for name in self.known_columns() if name not in shown]
        header = self.table_class.header_column()
        return [(name, labels.get(name) or name, name in shown, name == header) for name in [*shown, *rest]]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.column_choice and self.table_class is not None:
            context["column_rows"] = self.column_rows(context["table"])
            context["columns_open"] = self.request.GET.get("wahl") == "spalten"
            context["columns_own"] = bool(self.list_settings.get("spalten"))
        return context
