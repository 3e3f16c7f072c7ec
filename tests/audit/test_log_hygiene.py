"""No name of a citizen in any log line, in any address or in the log tables (P05)."""

import logging

import pytest
from django.apps import apps
from django.db.models import QuerySet

from soe.audit.models import ReadLog, SecurityEvent
from tests.cases.conftest import COUNSEL
from tests.factories.cases import CaseFactory, OfferFactory, PersonFactory
from tests.factories.core import DepartmentFactory

pytestmark = pytest.mark.django_db
CANARY = "Kanarivogel"
PAGES = (
    "/personen/?suche={0}", "/personen/{1}/", "/faelle/?suche={0}", "/faelle/{2}/", "/suche/?q={0}", "/suche/treffer/?q={0}",
    "/verwaltung/konten/?name={0}", "/personen/00000000-0000-7000-8000-000000000000/", "/gibt/es/nicht/?q={0}",
    "/verlauf/cases.person/{1}/?text={0}", "/personen/?suche={0}&export=csv",
)  # fmt: skip


@pytest.fixture
def lines():
    """Every log line of every logger, formatted as in production."""
    from soe.settings.logs import logging_config

    found = []

    class Keep(logging.Handler):
        def emit(self, record):
            found.append(self.format(record))

    handler = Keep(level=logging.DEBUG)
    names = [None, *logging_config("INFO")["loggers"]]
    for name in names:
        logging.getLogger(name).addHandler(handler)
    yield found
    for name in names:
        logging.getLogger(name).removeHandler(handler)


def walk(as_member):
    carrier = DepartmentFactory()
    client, _ = as_member(*COUNSEL, department=carrier)
    person = PersonFactory(given_name=CANARY, family_name=CANARY, own_department=carrier)
    case = CaseFactory(person=person, offer=OfferFactory(carrier=carrier))
    shown = 0
    for page in PAGES:
        response = client.get(page.format(CANARY, person.pk, case.pk))
        shown += CANARY in (response.content.decode() if not response.streaming else "")
        for name in ("Location", "Content-Disposition"):
            assert CANARY not in response.get(name, "")
    return shown


def test_a_walk_over_pages_with_names_leaves_none_in_logs(as_member, lines):
    assert walk(as_member) > 3  # the pages do show the name
    logging.getLogger("soe.errors").warning("Gegenprobe")
    assert any("Gegenprobe" in line for line in lines)
    assert [line for line in lines if CANARY in line] == []
    assert ReadLog.objects.exists()
    assert SecurityEvent.objects.filter(kind="denial").exists()
    for label in (
        "audit.ReadLog",
        "audit.SecurityEvent",
        "accounts.SignInEvent",
        "audit.Seal",
        "web.SubmittedForm",
    ):
        for row in QuerySet(apps.get_model(label)).values():
            assert CANARY not in str(row), label


def test_a_log_line_with_a_query_string_would_be_found(as_member, lines, monkeypatch):
    """Negative control: were the whole address logged at a refusal, the test above would turn red."""
    monkeypatch.setattr(
        "soe.web.errors._note", lambda r, kind: logging.getLogger("soe.errors").warning(r.get_full_path())
    )
    walk(as_member)
    assert any(CANARY in line for line in lines)
