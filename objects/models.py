"""All models of the app, one subpackage per subject."""

from .addresses.models import Address, AddressImport, Street  # noqa: F401
from .register.models import (  # noqa: F401
    Assessment,
    Dwelling,
    Goal,
    GoalStage,
    LeadPeriod,
    Note,
    Ownership,
    Parcel,
    Participation,
    Party,
    ProblemArea,
    Property,
    PropertyAddress,
    PropertySummary,
    RegisterPeriod,
)
