"""Forms of administration, one file per subject."""

from .accounts import AccountForm, NewAccountForm
from .departments import DepartmentForm
from .memberships import EndForm, MembershipForm
from .roles import RoleForm, RoleRightsForm

__all__ = [
    "AccountForm",
    "DepartmentForm",
    "EndForm",
    "MembershipForm",
    "NewAccountForm",
    "RoleForm",
    "RoleRightsForm",
]
