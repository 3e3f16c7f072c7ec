from .complaint import Complaint, ComplaintCategory
from .parts import ComplaintInvolvement, ComplaintLink, ComplaintReporter, ComplaintTopic
from .references import ComplaintReference
from .routing import RoutingRule, RoutingRuleParticipant
from .windows import HintWindow

__all__ = [
    "Complaint",
    "ComplaintCategory",
    "ComplaintInvolvement",
    "ComplaintLink",
    "ComplaintReference",
    "ComplaintReporter",
    "ComplaintTopic",
    "HintWindow",
    "RoutingRule",
    "RoutingRuleParticipant",
]
