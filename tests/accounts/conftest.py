import pytest

from soe.accounts import mails as account_mails
from soe.web.jobs import mails


@pytest.fixture(autouse=True)
def worker_sends(monkeypatch):
    """The worker's round right after a mail was queued."""
    queue = account_mails.outlet

    def outlet(*args):
        queue(*args)
        mails.send_due()

    monkeypatch.setattr(account_mails, "outlet", outlet)
