"""The whole path on pages, each step by the account that does it: from a phone call to the report as a tagged PDF."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Contact, Offer, Person
from cases.services import ensure_topics
from objects.complaints.defaults import ensure_complaint_defaults
from objects.inspections.defaults import set_up_inspections
from objects.models import (
    ChecklistItem,
    Complaint,
    ComplaintCategory,
    DwellingVisit,
    Finding,
    HelpNeed,
    InspectionDay,
    LegalBasis,
    Measure,
    OrderItem,
    Proceeding,
    Property,
)
from objects.proceedings.defaults import ensure_legal_bases
from reports.models import QuarterlyReport, ReportRevision, SectionText
from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.audit.models import ReadLog
from soe.demo.accounts import UNITS
from soe.departments.models import Department, Membership, Role
from soe.departments.services import set_up_city
from soe.web.figures import Quarter
from steering.models import Committee, CommitteeMembership, Decision, Meeting, Proposal
from tests.factories.register import AddressFactory, StreetFactory

pytestmark = pytest.mark.django_db
ROLES = {name: role for name, role, *_ in UNITS}
TODAY = timezone.localdate
ACCOUNTS = [
    "ordnung",
    "wohnungsaufsicht",
    "bauordnung",
    "feuerwehr",
    "koordination",
    "wohnhilfen",
    "dezernat3",
    "planb",
]


@pytest.fixture
def step(client):
    """step("ordnung", url, **data): sign in as that account, post, expect a redirect; returns the response."""
    with acting_as(User.objects.system(), reason="Test"):
        set_up_city()
        ensure_complaint_defaults()
        ensure_legal_bases()
        set_up_inspections()
        ensure_topics()
        for name in ACCOUNTS:
            user = User(username=name, last_name=name.capitalize(), email=f"{name}@example.org")
            user.save()
            Membership(
                user=user,
                department=Department.objects.get(code=name),
                role=Role.objects.get(code=ROLES[name]),
                valid_from=TODAY() - timedelta(days=200),
            ).save()
        committee = Committee(code="LK", name="Lenkungskreis", kind=Committee.Kind.STEERING)
        committee.save()
        CommitteeMembership(
            committee=committee,
            department=Department.objects.get(code="dezernat3"),
            start_date=TODAY() - timedelta(days=200),
        ).save()
        Offer(
            name="Wohnbegleitende Hilfen", prefix="WBH", kind="housing", carrier=Department.objects.get(code="wohnhilfen"),
            starts_on=TODAY() - timedelta(days=200),
        ).save()  # fmt: skip

    def step(account, url, **data):
        client.force_login(User.objects.get(username=account))
        response = client.post(url, data)
        form = response.context and response.context.get("form")
        assert response.status_code == 302, (
            f"{account} {url}: {form.errors if form else response.status_code}"
        )
        return response

    step.client = client
    return step


def page(client, account, url, status=200):
    client.force_login(User.objects.get(username=account))
    response = client.get(url)
    assert response.status_code == status, (account, url)
    return response


def to(name, obj=None, *args):
    return reverse(name, args=[*([obj.pk] if obj is not None else []), *args])


def _complaint(step):
    """A neighbour calls Ordnung; the house enters the register, led by Wohnungsaufsicht, others are asked."""
    AddressFactory(street=StreetFactory(name="Lampenstubenweg"), number=14)
    step(
        "ordnung", "/beschwerden/neu/", channel="phone", who="named", name="Frau Pohlschmidt", contact="02323 555 0142",
        text="Haustür schließt nicht. Müllsäcke bis zur Treppe.", address_text="lampenstubenweg 14",
        categories=[ComplaintCategory.objects.get(code="brandschutz").pk], problem_areas=["building", "housing"],
        wants_answer="on",
    )  # fmt: skip
    return Complaint.objects.get(), Property.objects.get()


def _order(step, house):
    """Bauordnung accepts, opens a proceeding, and orders one thing with a deadline."""
    offer = house.participations.get(department__code="bauordnung")
    step("bauordnung", to("objects:participation_accept", offer), on=TODAY())
    step(
        "bauordnung", to("objects:proceeding_create", house), subject="Rettungsweg", file_number="BO-77", visibility="open",
        legal_basis=LegalBasis.objects.get(paragraph="§ 82").pk, opened_on=TODAY(),
    )  # fmt: skip
    step(
        "bauordnung", to("objects:order_create", Proceeding.objects.get()), title="Ordnungsverfügung", issued_on=TODAY(),
        no_hearing_because="Gefahr im Verzug", text="Der Rettungsweg ist zu räumen.", threatened_amount="1.000",
        deadline=TODAY() + timedelta(days=14),
    )  # fmt: skip
    assert OrderItem.objects.get().threatened_amount == 1000


def _inspection(step, house):
    """The coordination office plans a day with two departments; each records its section and closes it."""
    departments = [Department.objects.get(code=code) for code in ("wohnungsaufsicht", "bauordnung")]
    step(
        "koordination", to("objects:inspection_day_create"), date=TODAY(), meet_at="08:30", meeting_point="Feuerwache",
        reason="Beschwerde", lead=Department.objects.get(code="koordination").pk, house_1=house.pk,
        departments=[d.pk for d in departments],
    )  # fmt: skip
    day = InspectionDay.objects.get()
    step("koordination", to("objects:inspection_day_invite", day))
    for row in day.participations.exclude(department=None):
        step(
            row.department.code,
            to("objects:inspection_answer", row),
            answer="accept",
            people="Team",
            headcount="2",
        )
    step("koordination", to("objects:inspection_day_start", day))
    inspection = day.inspections.get()
    damp = ChecklistItem.objects.get(code="feuchte")
    step(
        "wohnungsaufsicht", reverse("objects:inspection_site_visit", args=[day.pk, inspection.pk, "neu"]), location="1. OG links",
        access="granted", registered="4", met="6", unregistered="2", gone="0", children="1", area="52",
        **{f"item_{damp.pk}": "danger"}, weiter="1",
    )  # fmt: skip
    visit = DwellingVisit.objects.get()
    assert (visit.registered, visit.met, visit.unregistered, visit.children) == (4, 6, 2, 1)
    own = day.sections.get(department__code="wohnungsaufsicht")
    finding = Finding.objects.get(item=damp)
    step(
        "wohnungsaufsicht", to("objects:inspection_finding_measure", finding), what="Feuchte beseitigen", kind="repair",
        due_on=TODAY() + timedelta(days=30),
    )  # fmt: skip
    step(
        "wohnungsaufsicht", to("objects:inspection_help_create", own), kind="housing", households="1",
        inspection=inspection.pk, offered_to=Department.objects.get(code="wohnhilfen").pk,
    )  # fmt: skip
    for section in day.sections.all():
        step(section.department.code, to("objects:inspection_section_close", section))
    step("koordination", to("objects:inspection_day_close", day))
    step("koordination", to("objects:inspection_day_publish", day))
    finding.refresh_from_db()
    assert finding.measure == Measure.objects.get()
    return day


def _counselling(step):
    """The housing support takes the need over, logs a contact, records a consenting person, opens a case."""
    need, offer = HelpNeed.objects.get(), Offer.objects.get()
    carrier = Department.objects.get(code="wohnhilfen")
    take = to("cases:help_need_take", need)
    form = page(step.client, "wohnhilfen", take).context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    step("wohnhilfen", take, **given | ({"department": carrier.pk} if "department" in form.fields else {}))
    from cases.models import Topic

    step(
        "wohnhilfen", f"{to('cases:contact_create')}?help_need={need.pk}", offer=offer.pk, topic=Topic.objects.get(code="wohnen").pk,
        language="ro", minutes="15", channel="outreach", result="returns", help_need=need.pk,
    )  # fmt: skip
    contact = Contact.objects.get()
    step(
        "wohnhilfen", f"{to('cases:person_create')}?kontakt={contact.pk}", given_name="Ionela", family_name="Marinescu-Vogt",
        birth_year="1991", first_language="ro", german="little", signed_on=TODAY(), medium="paper", consent_language="ro",
        agreed="on", own_department=carrier.pk,
    )  # fmt: skip
    person = Person.objects.get()
    step(
        "wohnhilfen", f"{to('cases:case_create')}?person={person.pk}&kontakt={contact.pk}", person=person.pk, offer=offer.pk,
        lead=User.objects.get(username="wohnhilfen").pk, on=TODAY(),
    )  # fmt: skip
    case = Case.objects.get()
    assert case.help_need == need
    return person, case


def _decision(step, house):
    """A proposal on the agenda of the Lenkungskreis is decided, numbered, and the department reports on it."""
    coordination = Department.objects.get(code="koordination")
    step(
        "koordination", to("steering:proposal_add"), title="Kontrollen alle sechs Wochen", department=coordination.pk,
        committee=Committee.objects.get().pk, aim="intervention", problem="Zu selten", text="Alle sechs Wochen.",
        resolution="Der Lenkungskreis stimmt zu.",
    )  # fmt: skip
    proposal = Proposal.objects.get()
    step("koordination", to("steering:proposal_submit", proposal))
    start = timezone.localtime() - timedelta(hours=1)
    step(
        "koordination",
        to("steering:meeting_add"),
        committee=Committee.objects.get().pk,
        start=start.strftime("%Y-%m-%dT%H:%M"),
    )
    meeting = Meeting.objects.get()
    step("koordination", to("steering:meeting_open", meeting))
    step("koordination", to("steering:proposal_schedule", proposal), meeting=meeting.pk)
    for name in ("meeting_freeze", "meeting_invite", "meeting_begin"):
        step("koordination", to(f"steering:{name}", meeting))
    step(
        "koordination",
        to("steering:attendance", meeting),
        present=[row.pk for row in meeting.attendances.all()],
    )
    item = meeting.items.get()
    step("koordination", to("steering:item_call", item))
    step(
        "koordination", to("steering:item_decide", item), text="Der Lenkungskreis stimmt zu.", outcome="unchanged", yes="1",
        no="0", abstained="0", responsible=coordination.pk, due=(TODAY() + timedelta(days=200)).isoformat(),
    )  # fmt: skip
    decision = Decision.objects.get()
    assert decision.number == f"LK-{meeting.year}/01-TOP1"
    step("koordination", to("steering:meeting_close", meeting))
    step("koordination", to("steering:meeting_approve", meeting), on=TODAY(), sure="on")
    step(
        "koordination", to("steering:decision_report", decision), quarter=Quarter.of(TODAY()).code, colour="green",
        text="Der erste Termin steht.", state="in_progress",
    )  # fmt: skip
    return decision


def _report(step, quarter):
    """The quarter is reported, presented, released by somebody else, frozen and downloaded as a tagged PDF."""
    address = f"/berichte/{quarter.code}/"
    step("koordination", "/berichte/neu/", quarter=quarter.code)
    for text in QuarterlyReport.objects.get().texts.all():
        step(
            "koordination", f"{address}abschnitt/{text.section}/", text=text.text or "Keine Besonderheiten.",
            version=SectionText.objects.get(pk=text.pk).version, finish="1",
        )  # fmt: skip
    step("koordination", f"{address}vorlegen/")
    step("dezernat3", f"{address}freigeben/", confirmed="on")
    revision = ReportRevision.objects.get()
    response = page(step.client, "dezernat3", f"{address}revision/1/bericht.pdf")
    content = b"".join(response.streaming_content) if response.streaming else response.content
    with pikepdf.open(BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("de")
    return revision


def test_from_the_phone_call_to_the_report(step):
    complaint, house = _complaint(step)
    _order(step, house)
    day = _inspection(step, house)
    person, case = _counselling(step)
    decision = _decision(step, house)
    quarter = Quarter.of(TODAY())
    # A quarter is reported when it is over.
    with time_machine.travel(quarter.end_at + timedelta(days=9)):
        revision = _report(step, quarter)
    client = step.client

    # What everybody sees at the house.
    text = page(client, "bauordnung", house.get_absolute_url()).content.decode()
    for words in (complaint.number, "BO-77", day.get_absolute_url()):
        assert words in text
    # Who reported, and whom the help reached, stays with those who may know.
    for account in ("bauordnung", "koordination"):
        for address in (
            complaint.get_absolute_url(),
            house.get_absolute_url(),
            "/",
            f"/suche/?q={person.family_name}",
        ):
            text = page(client, account, address).content.decode()
            assert "Frau Pohlschmidt" not in text
            assert person.number not in text
            assert case.number not in text
    page(client, "koordination", case.get_absolute_url(), 403)
    page(client, "planb", case.get_absolute_url(), 404)
    page(client, "planb", house.get_absolute_url(), 403)
    # The look of the counsellor at the case was written down before she saw it.
    page(client, "wohnhilfen", case.get_absolute_url())
    assert ReadLog.objects.filter(object_id=case.pk, kind="view", user_name="Wohnhilfen").exists()
    # The figures of all that stand in the frozen report.
    assert '"register.stock"' in revision.cube
    assert decision.number in revision.cube
    # Each record tells its own story.
    for record in (house, complaint, decision):
        account = "wohnungsaufsicht" if record is not decision else "koordination"
        label = record._meta.label_lower
        assert page(client, account, reverse("web:history", args=[label, record.pk]))
