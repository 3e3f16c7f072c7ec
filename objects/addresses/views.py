from soe.web.views import SuggestView

from .models import Address
from .selectors import suggest


class AddressSuggestView(SuggestView):
    """What every field that picks an address asks while somebody types."""

    queryset = Address.objects.all()
    limit = 10

    def find(self, rows, query):
        return suggest(query, rows=rows, limit=self.limit)

    def text(self, obj):
        return obj.full

    def note(self, obj):
        return obj.district
