"""Forms of administration, one file per subject."""

from .accounts import AccountForm, NewAccountForm
from .departments import CloseForm, DepartmentForm, MoveForm, SuccessorForm
from .memberships import DeputyForm, EndForm, LeaveForm, MemberForm, MembershipForm
from .roles import RightsForm, RoleCopyForm, RoleForm, RoleRetireForm

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
    "RightsForm",
    "RoleCopyForm",
    "RoleForm",
    "RoleRetireForm",
    "SuccessorForm",
]
