"""Who hears that a quarterly report waits for release."""

from django.contrib.auth import get_user_model

from soe.departments.models import Membership
from soe.web.notices import kinds, notify


def register():
    kinds.add("report_presented", "Quartalsbericht zur Freigabe", about=("reports.quarterlyreport",),
              group="Berichte", permission="report.release",
              titles=("Ein Quartalsbericht wartet auf Ihre Freigabe",))  # fmt: skip


def report_presented(report):
    held = Membership.objects.current().filter(role__grants__permission="report.release")
    notify(
        get_user_model().objects.filter(pk__in=held.order_by().values("user_id")),
        "report_presented",
        title="Ein Quartalsbericht wartet auf Ihre Freigabe",
        url=report.get_absolute_url(),
        target=report,
        on=report.presented_at,
    )
