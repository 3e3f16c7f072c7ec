from .apart import NoDuplicate
from .buildings import Building
from .participation import Note, Participation
from .parties import Ownership, Party
from .parts import Dwelling, Monument, Parcel, PropertyAddress, validate_parcel_key
from .party_summary import PartySummary
from .properties import LeadPeriod, Property, RegisterPeriod
from .scales import Level, Room, Stage
from .steering import Assessment, Goal, GoalStage, ProblemArea
from .summary import PropertySummary, SummarisedModel
from .transfers import PropertyTransfer, TransferItem

__all__ = [
    "Assessment",
    "Building",
    "Dwelling",
    "Goal",
    "GoalStage",
    "LeadPeriod",
    "Level",
    "Monument",
    "NoDuplicate",
    "Note",
    "Ownership",
    "Parcel",
    "Participation",
    "Party",
    "PartySummary",
    "ProblemArea",
    "Property",
    "PropertyAddress",
    "PropertySummary",
    "PropertyTransfer",
    "RegisterPeriod",
    "Room",
    "Stage",
    "SummarisedModel",
    "TransferItem",
    "validate_parcel_key",
]
