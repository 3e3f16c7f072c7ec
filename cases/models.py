"""All models of the app, one subpackage per subject."""

from .casework.breakglass import BreakGlass  # noqa: F401
from .casework.gaps import SystemGap  # noqa: F401
from .casework.models import (  # noqa: F401
    Case,
    CaseDepartmentGrant,
    CaseEpisode,
    CaseUserGrant,
    PersonDepartmentGrant,
    PersonUserGrant,
)
from .casework.needs import AssessmentScore, NeedsAssessment  # noqa: F401
from .casework.plans import HelpPlan, PlanGoal, PlanStep  # noqa: F401
from .casework.referrals import Referral  # noqa: F401
from .contacts.models import Contact  # noqa: F401
from .offers.models import FundingPeriod, Offer, Site, Topic  # noqa: F401
from .people.consents import Consent  # noqa: F401
from .people.models import Household, HouseholdMember, Person, PersonName  # noqa: F401
from .people.protection import ConflictOfInterest, Restriction, RestrictionAccess  # noqa: F401
