"""What may be done to many owners and suspected links at once. At houses: those of the owner that one steers."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Prefetch

from objects.register.bulk_actions import InviteAction, InviteForm, ReviewAction, ReviewForm
from objects.register.models import Goal, Ownership, Participation, Property
from soe.web.bulk import BulkAction

from .forms import LinkDecisionForm
from .models import PartyLink

NO_HOUSE = "An keinem seiner Objekte ist das jetzt möglich oder Ihre Aufgabe."


class SteeredHouses:
    """Which properties this person steers, asked once for all rows."""

    def clean(self):
        data = super().clean()
        steered = Property.objects.active().restrict(self.user, "steer")
        data["steered"] = set(steered.order_by().values_list("pk", flat=True))
        return data


class InviteHousesForm(SteeredHouses, InviteForm):
    pass


class ReviewHousesForm(SteeredHouses, ReviewForm):
    pass


class AtHouses(BulkAction):
    """A step at one property, for all properties of the chosen owners."""

    action = "relate"
    at_house: BulkAction

    def prepare(self, rows):
        houses = self.at_house.prepare(Property.objects.filter(retired_on=None))
        rights = Ownership.objects.current().filter(property__retired_on=None).order_by("property__serial")
        return rows.prefetch_related(
            Prefetch(
                "ownerships", rights.prefetch_related(Prefetch("property", houses)), to_attr="rights_now"
            )
        )

    def houses(self, row, data):
        """Those where there is something to do; a house two of the owners share is done once."""
        found = {right.property_id: right.property for right in row.rights_now}
        return [
            house
            for pk, house in found.items()
            if pk in data["steered"] and not self.at_house.refuse(house, data)
        ]

    def refuse(self, row, data):
        return "" if self.houses(row, data) else NO_HOUSE

    def describe(self, row, data):
        houses = self.houses(row, data)
        words = "1 Objekt" if len(houses) == 1 else f"{len(houses)} Objekte"
        return f"{words}: {', '.join(house.number for house in houses)}"

    def still_steered(self, model, before, user):
        """What was done, when this person still steers all of these properties."""
        steered = Property.objects.restrict(user, "steer").order_by().values("pk")
        rows = list(model.objects.filter(pk__in=before["touched"], property__in=steered))
        if len(rows) < len(before["touched"]):
            raise ValidationError("Für eines der Objekte fehlt Ihnen inzwischen das Recht zu diesem Schritt.")
        return rows


class InviteHousesAction(AtHouses):
    key, label = "beteiligen", "Fachbereiche zu ihren Objekten anfragen"
    form_class = InviteHousesForm
    lead = "An jedem Objekt der gewählten Eigentümer, das Sie steuern."
    at_house = InviteAction()

    def perform(self, row, data, *, by):
        asked = []
        for house in self.houses(row, data):
            known = set(house.participations.running().values_list("pk", flat=True))
            rows = self.at_house.perform(house, data, by=by)
            asked += [part for part in rows if part.pk not in known]
        return asked

    def undo(self, row, before, *, by, reason):
        for part in self.still_steered(Participation, before, by):
            part.withdraw(by=by, reason=reason)


class ReviewHousesAction(AtHouses):
    key, label = "ueberpruefung", "Überprüfung ihrer Objekte setzen"
    form_class = ReviewHousesForm
    lead = "Für jedes Objekt der gewählten Eigentümer, das Sie steuern und das ein Ziel hat."
    at_house = ReviewAction()

    def goals(self, row, data):
        return {goal.pk: goal for house in self.houses(row, data) if (goal := self.at_house.goal(house))}

    def remember(self, row):
        goals = [self.at_house.goal(right.property) for right in row.rights_now]
        return {"days": {str(goal.pk): goal.next_review.isoformat() for goal in goals if goal}}

    def perform(self, row, data, *, by):
        changed = []
        for goal in self.goals(row, data).values():
            goal.refresh_from_db()  # the same house may belong to two of the chosen owners
            if goal.next_review != data["next_review"]:
                goal.reschedule(by=by, next_review=data["next_review"], reason=data["reason"])
                changed.append(goal)
        return changed

    def undo(self, row, before, *, by, reason):
        for goal in self.still_steered(Goal, before, by):
            day = date.fromisoformat(before["days"][str(goal.pk)])
            goal.reschedule(by=by, next_review=day, reason=reason, back=True)


class DecideLinksAction(BulkAction):
    key, label = "entscheiden", "Bestätigen oder verwerfen"
    form_class = LinkDecisionForm

    def prepare(self, rows):
        return rows.select_related("one", "other")

    def refuse(self, row, data):
        if row.state != PartyLink.State.SUGGESTED:
            return f"Die Verbindung ist schon {row.get_state_display()}."
        return ""

    def describe(self, row, data):
        return f"{row.get_kind_display()}: {PartyLink.State(data['state']).label}"

    def perform(self, row, data, *, by):
        row.decide(by=by, state=data["state"], reason=data["reason"])

    def undo(self, row, before, *, by, reason):
        row.reopen(by=by, reason=reason)
