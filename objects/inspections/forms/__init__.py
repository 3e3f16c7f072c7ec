from .planning import AnswerForm, AttendanceForm, DayForm, PublishForm
from .recording import (
    CloseSectionForm,
    FindingForm,
    HelpNeedForm,
    ImmediateMeasureForm,
    MeasureForm,
    NoteForm,
    ResolveForm,
)
from .site import HouseForm, VisitForm
from .thresholds import ThresholdForm

__all__ = [
    "AnswerForm",
    "AttendanceForm",
    "CloseSectionForm",
    "DayForm",
    "FindingForm",
    "HelpNeedForm",
    "HouseForm",
    "ImmediateMeasureForm",
    "MeasureForm",
    "NoteForm",
    "PublishForm",
    "ResolveForm",
    "ThresholdForm",
    "VisitForm",
]
