from .complaint import Complaint, ComplaintCategory
from .parts import ComplaintInvolvement, ComplaintLink, ComplaintReporter, ComplaintTopic
from .references import ComplaintReference
from .routing import RoutingRule, RoutingRuleParticipant

__all__ = [
    "Complaint",
    "ComplaintCategory",
    "ComplaintInvolvement",
    "ComplaintLink",
    "ComplaintReference",
    "ComplaintReporter",
    "ComplaintTopic",
    "RoutingRule",
    "RoutingRuleParticipant",
]
