"""Attempts to give or keep more than allowed are refused, and written down where the security officer looks."""

from soe.audit.events import log_security
from soe.departments.granting import Escalation


def log_refused(text, obj=None):
    """`text`: words of ours, never what a person typed."""
    log_security("denial", detail=text, obj=obj)


class GuardedForm:
    """For forms that give or take rights: `guard(function)` turns an Escalation into a form error and a log entry."""

    def guard(self, check, *args, field=None, **kwargs):
        try:
            check(*args, **kwargs)
        except Escalation as error:
            log_refused(error.messages[0])
            self.add_error(field, error)
            return False
        return True
