"""How I want to hear about what."""

from django import forms

from ..forms import Form
from .kinds import CHANNELS, channel_of, kinds


class ChannelsForm(Form):
    """One choice per kind; what is not posted keeps its channel."""

    def __init__(self, *args, codes=frozenset(), **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = kinds.groups(codes)
        for entries in self.groups.values():
            for kind in entries:
                field = forms.ChoiceField(
                    label=kind.label,
                    choices=list(CHANNELS.items()),
                    initial=channel_of(self.user, kind),
                    widget=forms.RadioSelect,
                )
                self.fields[kind.code] = field
                self._dress(kind.code, field)

    def sections(self):
        """[(group, [bound fields])] for the template."""
        return [(group, [self[kind.code] for kind in entries]) for group, entries in self.groups.items()]
