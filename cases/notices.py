"""Who hears of a referral. Titles say a department at most: nothing about the person, not even a case number."""

from soe.web.notices import kinds, notify
from soe.web.notices.services import members


def register():
    from soe.web import targets

    from .models import Case

    # Comments on a case are for those who may see it in full, not for readers of its card.
    targets.register(Case, comments=True, watch=True, read="full")
    common = {"group": "Beratung", "permission": "case.view", "about": ("cases.referral",)}
    kinds.add("referral_received", "Vermittlung an meinen Träger", **common,
              titles=("{department} hat eine Vermittlung gesendet",))  # fmt: skip
    kinds.add("referral_answered", "Antwort auf eine Vermittlung", **common,
              titles=("{department} hat eine Vermittlung beantwortet",
                      "Bei {department} ist jemand angekommen"))  # fmt: skip


def referral_received(referral):
    sender = referral.consent.department
    notify(
        members(referral.to_department, "case.change"),
        "referral_received",
        title=f"{sender.short_name} hat eine Vermittlung gesendet",
        url=referral.get_absolute_url(),
        target=referral,
        on=referral.sent_on,
    )


def referral_answered(referral, *, arrived=False):
    who = referral.to_department.short_name
    notify(
        [referral.case.lead],
        "referral_answered",
        title=f"Bei {who} ist jemand angekommen" if arrived else f"{who} hat eine Vermittlung beantwortet",
        url=referral.get_absolute_url(),
        target=referral,
        on=referral.arrived_on if arrived else referral.answered_on,
    )
