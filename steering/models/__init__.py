"""Committees, meetings, proposals, decisions, minutes, council papers, funding."""

from .agenda import AgendaItem
from .base import ADOPTED, NUMBERED, POSTPONING, Outcome, RecordLocked, sentences
from .committees import Committee, CommitteeMembership
from .decisions import Decision
from .funding import FundingApplication
from .implementation import Condition, DecisionParticipation, StatusReport
from .meetings import Attendance, Meeting, Quorum
from .minutes import Addendum, Minutes
from .papers import Consultation, CouncilPaper, FinanceRow
from .proposals import CoSignature, Proposal, ProposalMeasure

__all__ = [
    "ADOPTED",
    "NUMBERED",
    "POSTPONING",
    "Addendum",
    "AgendaItem",
    "Attendance",
    "CoSignature",
    "Committee",
    "CommitteeMembership",
    "Condition",
    "Consultation",
    "CouncilPaper",
    "Decision",
    "DecisionParticipation",
    "FinanceRow",
    "FundingApplication",
    "Meeting",
    "Minutes",
    "Outcome",
    "Proposal",
    "ProposalMeasure",
    "Quorum",
    "RecordLocked",
    "StatusReport",
    "sentences",
]
