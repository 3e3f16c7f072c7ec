"""What a bulk action says about itself. The rights, the versions, the transaction and the pages are done for it."""

from ..forms import Form


class BulkAction:
    """One step that a list offers for many rows at once.

        class PostponeAction(BulkAction):
            key, label = "verschieben", "Termin verschieben"
            form_class = PostponeForm

            def refuse(self, row, data):
                return "" if row.is_open else "Die Maßnahme ist schon beendet."

            def describe(self, row, data):
                return f"neue Frist {data['to']:%d.%m.%Y} statt {row.due_on:%d.%m.%Y}"

            def remember(self, row):
                return {"due_on": row.due_on.isoformat()}

            def perform(self, row, data, *, by):
                row.postpone(by=by, to=data["to"], reason=data["reason"])

            def undo(self, row, before, *, by, reason):
                row.take_back_postponement(by=by, to=date.fromisoformat(before["due_on"]), reason=reason)

        class MeasureListView(ScopedListView):
            bulk_actions = (PostponeAction(),)

    Who may do it to which row is asked through `restrict(user, action)`, once for the preview and again while acting.
    A row whose version (or that of its `subjects`) moved since the preview is refused. `perform` calls the row's own
    method, which may raise ValidationError: then only this row is refused, with that text. Without `undo` the page
    says that the step cannot be taken back in one go.
    """

    key = ""  # in the address and the form: short, lower case
    label = ""  # verb and object, as on a button
    icon = ""
    action = "change"  # the rule of the model's Scope, asked for every row
    form_class = Form  # parameters for all rows; `user=` and what `form_kwargs` gives
    lead = ""  # one sentence above the parameters
    danger = False

    def form_kwargs(self, user, rows) -> dict:
        """More keywords for the form. `rows`: the chosen rows this person may act on."""
        return {}

    def prepare(self, rows):
        """Add what `refuse` and `describe` read (select_related, prefetch_related): no query per row."""
        return rows

    def subjects(self, row) -> tuple:
        """The records whose version counts between preview and action; without those that do not exist."""
        return (row,)

    def refuse(self, row, data) -> str:
        """Why this row cannot be done, in a German sentence; empty when it can."""
        return ""

    def describe(self, row, data) -> str:
        """What will happen to this row, in a few German words."""
        return self.label

    def remember(self, row) -> dict:
        """What `undo` needs to know of the row before (JSON)."""
        return {}

    def perform(self, row, data, *, by):
        """Do it through the row's own method. May return the records it changed; default: its `subjects`."""
        raise NotImplementedError

    # def undo(self, row, before, *, by, reason): through the row's own method, as a new change. `before` is what
    # `remember` said, with the ids of the changed records as `touched`.
    undo = None

    @property
    def reversible(self):
        return self.undo is not None
