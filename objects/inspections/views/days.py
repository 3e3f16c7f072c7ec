"""Inspection days: list, balance, planning, detail, and the steps coordination takes."""

from collections import defaultdict

from django.utils import timezone

from soe.departments.scope import departments_granting
from soe.web import rights
from soe.web.forms import Form, ReasonForm
from soe.web.views import (
    Action,
    ActionView,
    PageView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from .. import occupancy
from ..filters import InspectionDayFilterSet
from ..forms import AttendanceForm, DayForm, PublishForm
from ..models import (
    DwellingVisit,
    Finding,
    HelpNeed,
    InspectionDay,
    InspectionParticipation,
    InspectionSection,
    OccupancyThreshold,
    OpeningBalance,
)
from ..selectors import balance_rows
from ..tables import InspectionDayTable
from ..totals import HOME_CITY, day_totals, running_balance

CREATE = Action("Kontrolle planen", "objects:inspection_day_create", action="add", primary=True, icon="plus")
LIST_CRUMB = ("Kontrollen", "/kontrollen/")
S = InspectionDay.State


class InspectionDayListView(ScopedListView):
    queryset = InspectionDay.objects.select_related("lead").with_counts()
    filterset_class = InspectionDayFilterSet
    table_class = InspectionDayTable
    title = "Kontrollen"
    noun = "Einsatztage"
    strict_fetch = True
    head_actions = (
        CREATE,
        Action("Laufende Bilanz", "objects:inspection_balance", action="view", model=OpeningBalance),
        Action("Mindestwohnflächen", "objects:threshold_list", action="view", model=OccupancyThreshold),
    )
    tabs = (
        ("Kommende", "ansicht=kommend"),
        ("Laufende", "ansicht=laufend"),
        ("Vergangene", "ansicht=vergangen"),
        ("Alle", ""),
    )
    legend = "Zahlen in „gemeldet“ und „angetroffen“ sind Summen des Tages, keine Namen."
    empty_title = "Noch keine Kontrollen"
    empty_text = "Eine Kontrolle beginnt mit Tag, Treffpunkt, Häusern und den Stellen, die mitgehen."
    empty_action = CREATE


class BalanceView(PageView):
    """The running balance over all inspections, at any time."""

    permission = "register.view"  # other bodies see the days they take part in, not the city's balance
    template_name = "objects/inspections/balance.html"
    title = "Laufende Bilanz"
    crumbs = (LIST_CRUMB,)

    def get_context_data(self, **kwargs):
        own = running_balance()
        cities = (
            InspectionDay.objects.filter(reference_city=True)
            .order_by("city")
            .values_list("city", flat=True)
            .distinct()
        )
        others = [running_balance(city) for city in cities]
        rows = [
            (label, value[0], [row[1][0] for row in columns])
            for (label, value), *columns in zip(
                balance_rows(own), *(balance_rows(b) for b in others), strict=True
            )
        ]
        return super().get_context_data(**kwargs) | {
            "balance": own,
            "others": others,
            "rows": rows,
            "measures": own.totals.measure_rows,
            "findings": own.totals.finding_rows,
            "home": HOME_CITY,
        }


class InspectionDayCreateView(ScopedCreateView):
    queryset = InspectionDay.objects.all()
    form_class = DayForm
    template_name = "objects/inspections/day_form.html"
    title = "Kontrolle planen"
    submit_label = "Kontrolle anlegen"
    lead = "Nötig sind Tag, Leitung und mindestens ein Objekt. Alles andere können Sie später ergänzen."
    crumbs = (LIST_CRUMB,)
    prefill = ("house_1", "date")
    success_message = "Einsatztag {object} ist angelegt. Die Stellen sind noch nicht eingeladen."

    def get_initial(self):
        initial = super().get_initial()
        if house := self.request.GET.get("objekt"):
            initial["house_1"] = house[:40]
        return initial

    def get_cancel_url(self):
        return LIST_CRUMB[1]


class InspectionDayUpdateView(ScopedUpdateView):
    queryset = InspectionDay.objects.all()
    form_class = DayForm
    template_name = "objects/inspections/day_form.html"
    crumbs = (LIST_CRUMB,)
    success_message = "Einsatztag {object} ist gespeichert."


class InspectionDayDetailView(ScopedDetailView):
    queryset = InspectionDay.objects.select_related("lead")
    template_name = "objects/inspections/day_detail.html"
    crumbs = (LIST_CRUMB,)

    def get_title(self):
        kind = "Kontrolle" if not self.object.is_stated else "Veröffentlichte Kontrolle"
        return f"{kind} {self.object.number}"

    def get_actions(self):
        state = self.object.state
        # Who reads this page may view the day: no need to ask again for the protocol.
        rights.answers(self.request)["view", self.object._meta.label, self.object.pk] = True
        plan = {"action": "change"}
        steps = {
            S.PLANNED: [Action("Einladen", "objects:inspection_day_invite", primary=True, **plan)],
            S.INVITED: [Action("Einsatz beginnen", "objects:inspection_day_start", primary=True, **plan)],
            S.RUNNING: [Action("Einsatz abschließen", "objects:inspection_day_close", primary=True, **plan)],
            S.CLOSED: [
                Action(
                    "Protokoll veröffentlichen",
                    "objects:inspection_day_publish",
                    action="publish",
                    primary=True,
                )
            ],
        }.get(state, [])
        if self.section is not None and self.section.recordable:
            steps.insert(
                0,
                Action(
                    "Vor Ort erfassen",
                    "objects:inspection_site",
                    action="record",
                    icon="clipboard",
                    primary=not steps or state == S.RUNNING,
                ),
            )
        rest = []
        if not self.object.is_stated:
            if state not in (S.PUBLISHED, S.CANCELLED):
                rest.append(Action("Planung ändern", "objects:inspection_day_change", icon="edit", **plan))
            if state not in (S.PLANNED, S.CANCELLED):
                rest.append(
                    Action("Protokoll (PDF)", "objects:inspection_protocol", action="view", icon="paper")
                )
                rest.append(Action("Anwesenheit festhalten", "objects:inspection_attendance", **plan))
            rest.append(
                Action(
                    "Termin für den Kalender", "objects:inspection_day_ics", action="view", icon="calendar"
                )
            )
            if state in (S.PLANNED, S.INVITED):
                rest.append(Action("Absagen", "objects:inspection_day_cancel", **plan))
            if state == S.PUBLISHED:
                rest.append(
                    Action("Protokoll zurückziehen", "objects:inspection_day_withdraw", action="publish")
                )
        return [*steps, *rest]

    @property
    def section(self):
        """The reader's own section, with `recordable` on it."""
        if not hasattr(self, "_section"):
            mine = [s for s in self.sections if s.department_id in self.own_departments]
            self._section = next(iter(mine), None)
            if self._section is not None:
                self._section.recordable = (
                    self._section.state == "open"
                    and InspectionSection.objects.restrict(self.request.user, "record")
                    .filter(pk=self._section.pk)
                    .exists()
                )
        return self._section

    @property
    def own_departments(self):
        if not hasattr(self, "_own"):
            self._own = set(departments_granting(self.request.user, None))
        return self._own

    @property
    def sections(self):
        if not hasattr(self, "_sections"):
            self._sections = list(self.object.sections.select_related("department"))
        return self._sections

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        day, user = self.object, self.request.user
        today = timezone.localdate()
        sections = {section.department_id: section for section in self.sections}
        participants = list(day.participations.select_related("department"))
        for row in participants:
            row.section = sections.get(row.department_id)
            row.late = (
                row.section is not None and row.section.is_late(today) and day.state in ("running", "closed")
            )
            row.to_answer = (
                row.department_id in self.own_departments
                and row.state != "planned"
                and day.state in ("invited", "running")
                and self.may("inspection.record")
            )
        findings = Finding.objects.restrict(user, "view").filter(day=day).defects()
        findings = list(findings.select_related("department", "visit", "measure"))
        helps = HelpNeed.objects.restrict(user, "view").filter(day=day).exclude(state="withdrawn")
        houses = self.houses(findings)
        return context | {
            "houses": houses,
            "participants": participants,
            "own_section": self.section,
            "late": [row for row in participants if row.late],
            "totals": day_totals(day, len(houses)),
            "day_findings": [f for f in findings if f.inspection_id is None],
            "help_needs": list(helps.select_related("taken_by", "offered_to")),
            "earlier": self.earlier(houses),
            "sees_people": self.may("inspection.record"),
            "sees_register": self.may("register.view"),
            "sees_measures": self.may("proceeding.view"),
            "sees_help": self.may("helpneed.view"),
        }

    def earlier(self, houses):
        """Before the day: what is still open at its houses, that is where the inspection begins."""
        if self.object.state not in (S.PLANNED, S.INVITED):
            return []
        rows = Finding.objects.restrict(self.request.user, "view").open()
        rows = rows.filter(
            inspection__property__in=[h.property_id for h in houses if h.property_id],
            day__date__lt=self.object.date,
        )
        return list(rows.select_related("department", "visit", "measure", "day", "inspection__property"))

    def houses(self, findings):
        """Houses in the order of visits, each with its dwellings, counts and what the reader may know."""
        day = self.object
        visits, law = defaultdict(list), None
        rows = DwellingVisit.objects.filter(inspection__day=day).select_related("dwelling")
        for visit in rows.order_by("inspection__position", "position", "id"):
            visits[visit.inspection_id].append(visit)
        if visits:
            law = OccupancyThreshold.objects.valid_on(day.date)
        houses = list(day.inspections.select_related("property", "follow_up_of__day"))
        for house in houses:
            house.dwellings = visits.get(house.pk, [])
            house.entered = sum(v.entered for v in house.dwellings)
            house.sums = {
                name: sum(getattr(v, name) or 0 for v in house.dwellings) for name in DwellingVisit.COUNTS
            }
            for visit in house.dwellings:
                visit.occupancy = occupancy.check(visit, day.date, law) if law else None
            house.crowded = sum(1 for v in house.dwellings if v.occupancy and v.occupancy.too_small)
            house.defects = [f for f in findings if f.inspection_id == house.pk]
        return houses


class DayStep(ActionView):
    """One step of a day; the row is locked and its table of transitions decides."""

    queryset = InspectionDay.objects.all()
    crumbs = (LIST_CRUMB,)
    template_name = "objects/inspections/day_step.html"
    text = ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"text": self.text}


class InviteView(DayStep):
    title = "Einladungen verschicken"
    submit_label = "Einladen"
    form_class = Form
    method = "invite"
    text = "Die vorgesehenen Stellen sehen den Einsatztag ab jetzt unter „Meine Aufgaben“ und antworten dort."
    success_message = "Die Stellen sind eingeladen."


class StartDayView(DayStep):
    title = "Einsatz beginnen"
    submit_label = "Einsatz beginnen"
    form_class = Form
    method = "start"
    text = (
        "Wer zugesagt hat, erfasst ab jetzt den eigenen Abschnitt. Häuser und Stellen ändern sich nicht mehr."
    )
    success_message = "Der Einsatz läuft."


class CloseDayView(DayStep):
    title = "Einsatz abschließen"
    submit_label = "Einsatz abschließen"
    form_class = Form
    method = "close"
    text = (
        "Der Einsatz vor Ort ist vorbei. Offene Abschnitte bleiben offen: Jede Stelle schließt ihren eigenen."
    )
    success_message = "Der Einsatz ist abgeschlossen."


class CancelDayView(DayStep):
    title = "Einsatztag absagen"
    submit_label = "Einsatztag absagen"
    form_class = ReasonForm
    method = "cancel"
    danger = True
    text = "Der Einsatztag bleibt mit seiner Nummer stehen. Er lässt sich nicht wieder aufnehmen."
    success_message = "Der Einsatztag ist abgesagt."


class PublishView(DayStep):
    action = "publish"
    title = "Protokoll veröffentlichen"
    submit_label = "Protokoll veröffentlichen"
    form_class = PublishForm
    text = "Danach sind die Abschnitte gesperrt. Jede Stelle sieht im Protokoll, was sie sehen darf."
    success_message = "Das Protokoll ist veröffentlicht."

    def missing(self):
        return list(self.object.sections.filter(state="open").select_related("department"))

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"missing": self.missing()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"missing": self.missing()}

    def perform(self, obj, form):
        obj.publish(by=self.request.user, reason=form.cleaned_data.get("reason", ""))


class WithdrawView(DayStep):
    action = "publish"
    title = "Protokoll zurückziehen"
    submit_label = "Protokoll zurückziehen"
    form_class = ReasonForm
    method = "withdraw"
    text = "Die Abschnitte lassen sich danach wieder öffnen. Das Zurückziehen steht im Verlauf."
    success_message = "Das Protokoll ist zurückgezogen."


class AttendanceView(DayStep):
    title = "Anwesenheit festhalten"
    submit_label = "Anwesenheit speichern"
    form_class = AttendanceForm
    text = "Wer wirklich da war, steht im Protokoll."
    success_message = "Die Anwesenheit ist gespeichert."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"day": self.object}

    def perform(self, obj, form):
        form.save()


PARTICIPATIONS = InspectionParticipation.objects.select_related("day", "department")
