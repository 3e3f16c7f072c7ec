"""Forms of administration, one file per subject."""

from .accounts import AccountForm, NewAccountForm
from .departments import CloseForm, DepartmentForm, MoveForm, SuccessorForm
from .memberships import DeputyForm, EndForm, LeaveForm, MemberForm, MembershipForm
from .roles import RoleForm, RoleRightsForm

__all__ = [
    "AccountForm",
    "CloseForm",
    "DepartmentForm",
    "DeputyForm",
    "EndForm",
    "LeaveForm",
    "MemberForm",
    "MembershipForm",
    "MoveForm",
    "NewAccountForm",
    "RoleForm",
    "RoleRightsForm",
    "SuccessorForm",
]
