"""Bell, comment with a mention by keyboard, on a phone; nothing for axe to find."""

import pytest

from soe.web.notices import notify
from soe.web.notices.models import Notice
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import UserFactory, member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RIGHTS = ("complaint.view", "register.view")


def test_bell_and_a_comment_with_a_mention_by_keyboard(open_page, axe, shot):
    complaint = ComplaintFactory()
    author = member(*RIGHTS, department=complaint.department)
    colleague = member(*RIGHTS, user=UserFactory(first_name="Ayşe", last_name="Öztürk"))
    notify([author], "watched", title=f"Änderung an {complaint.number}", url=complaint.get_absolute_url(),
           target=complaint)  # fmt: skip

    page = open_page("/hinweise/", user=author, width=390)
    assert page.get_by_role("link", name="1 neuer Hinweis").is_visible()
    assert axe(page) == []
    shot(page, "hinweise-390")
    page.get_by_role("button", name="Neu: Änderung an").press("Enter")
    page.wait_for_selector(".soe-comments")
    assert page.get_by_role("link", name="Hinweise, keine neuen").is_visible()

    page.get_by_role("radio", name="offen: wer den Datensatz sieht").check(force=True)
    text = page.get_by_role("textbox", name="Kommentar")
    text.focus()
    page.keyboard.type("Bitte lesen, @Ayş")
    page.wait_for_selector(".soe-comments .soe-suggest [role=option]")
    assert axe(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert text.input_value() == "Bitte lesen, @Ayşe Öztürk "
    page.keyboard.type(f"wegen {complaint.number}")
    page.get_by_role("button", name="Kommentar speichern").press("Enter")
    page.wait_for_selector(".soe-comment")
    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    assert axe(page) == []
    shot(page, "kommentar-390")
    assert Notice.objects.get(recipient=colleague).kind == "mention"
