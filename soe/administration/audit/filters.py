import django_filters as filters

from soe.audit.models import SecurityEvent
from soe.web.filters import FilterSet

from ..retention.models import SecurityEntry


class SecurityFilter(FilterSet):
    user_name = filters.CharFilter(label="wer", lookup_expr="icontains")
    kind = filters.ChoiceFilter(label="Ereignis", choices=SecurityEvent.Kind)
    user_id = filters.UUIDFilter(label="Kennung des Kontos")
    since = filters.DateFilter(label="von", field_name="at", lookup_expr="date__gte")
    until = filters.DateFilter(label="bis", field_name="at", lookup_expr="date__lte")

    class Meta(FilterSet.Meta):
        model = SecurityEntry
        fields = ["user_name", "kind", "user_id", "since", "until"]
