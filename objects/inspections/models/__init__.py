"""Models of joint inspections (domain.md § 4). Counts, never names."""

from .days import Inspection, InspectionDay
from .findings import Finding, InspectionNote
from .kinds import Category, CountKind, HelpKind, MeasureKind
from .participation import InspectionParticipation, InspectionSection
from .reference import ChecklistItem, OccupancyThreshold, OpeningBalance, StatedTotal
from .results import HelpNeed, ImmediateMeasure
from .visits import DwellingVisit

__all__ = [
    "Category",
    "ChecklistItem",
    "CountKind",
    "DwellingVisit",
    "Finding",
    "HelpKind",
    "HelpNeed",
    "ImmediateMeasure",
    "Inspection",
    "InspectionDay",
    "InspectionNote",
    "InspectionParticipation",
    "InspectionSection",
    "MeasureKind",
    "OccupancyThreshold",
    "OpeningBalance",
    "StatedTotal",
]
