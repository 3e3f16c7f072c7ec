"""Whoever looks at social data leaves a row, before anything is shown; it holds no content."""

import pytest
from django.urls import reverse

from soe.audit.models import ReadLog
from soe.departments.models import Department
from tests.factories.core import DepartmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]


@pytest.fixture
def social(monkeypatch):
    monkeypatch.setattr(Department, "social_data", True)
    return DepartmentFactory(name="Person KANARI", kind="carrier")


def test_each_way_of_looking_leaves_a_row(as_member, social):
    client, person = as_member("admin.departments")
    for path, kind, hits in (
        (reverse("t:detail", args=[social.pk]), "view", None),
        (f"{reverse('t:detail', args=[social.pk])}?drucken", "print", None),
        (reverse("t:change", args=[social.pk]), "view", None),
        ("/t/?kind=carrier", "search", 1),
        ("/t/", "list", Department.objects.count()),
        ("/t/?kind=carrier&export=csv", "export", 1),
        ("/t/vorschlag/?q=KANARI", "search", 1),
    ):
        before = ReadLog.objects.count()
        assert client.get(path).status_code == 200
        assert ReadLog.objects.count() == before + 1
        entry = ReadLog.objects.order_by("-at", "-id").first()
        assert (entry.user_id, entry.kind) == (person.pk, kind)
        assert entry.hits == (min(hits, 25) if kind == "list" else hits)
        assert "KANARI" not in str(vars(entry))


def test_what_cannot_be_logged_is_not_shown(as_member, social, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("read log is full")

    monkeypatch.setattr("soe.web.views.detail.log_read", broken)
    client, _ = as_member("register.view")
    with pytest.raises(RuntimeError):
        client.get(reverse("t:detail", args=[social.pk]))
    # Negative control: a view that forgets it shows the record and leaves nothing.
    monkeypatch.setattr("soe.web.views.detail.log_read", lambda *args, **kwargs: None)
    assert client.get(reverse("t:detail", args=[social.pk])).status_code == 200
    assert not ReadLog.objects.exists()


def test_other_records_leave_no_row(as_member):
    client, _ = as_member("register.view")
    client.get(reverse("t:detail", args=[DepartmentFactory().pk]))
    client.get("/t/")
    assert not ReadLog.objects.exists()
