from soe.web.views import ActionView, ScopedCreateView

from ...access import OWN_WORK
from ..models import Case

CRUMBS = ("Fälle", "/faelle/")


class CaseStep(ActionView):
    """One step on a case of the own carrier."""

    queryset = Case.objects.select_related("person", "offer__carrier")
    read_basis = OWN_WORK
    crumbs = (CRUMBS,)


class CasePart(ScopedCreateView):
    """Something recorded in a case of the own carrier."""

    parent_queryset = Case.objects.select_related("person", "offer__carrier")
    parent_action = "change"

    def get_crumbs(self):
        return [CRUMBS, (str(self.parent), self.parent.get_absolute_url())]

    def get_success_url(self):
        return self.parent.get_absolute_url()
