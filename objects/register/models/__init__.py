from .participation import Note, Participation
from .parties import Ownership, Party
from .parts import Dwelling, Parcel, PropertyAddress, validate_parcel_key
from .properties import LeadPeriod, Property, RegisterPeriod
from .scales import Level, Room, Stage
from .steering import Assessment, Goal, GoalStage, ProblemArea
from .summary import PropertySummary, SummarisedModel

__all__ = [
    "Assessment",
    "Dwelling",
    "Goal",
    "GoalStage",
    "LeadPeriod",
    "Level",
    "Note",
    "Ownership",
    "Parcel",
    "Participation",
    "Party",
    "ProblemArea",
    "Property",
    "PropertyAddress",
    "PropertySummary",
    "RegisterPeriod",
    "Room",
    "Stage",
    "SummarisedModel",
    "validate_parcel_key",
]
