from .complaint import Complaint, ComplaintCategory
from .parts import ComplaintInvolvement, ComplaintLink, ComplaintReporter, ComplaintTopic
from .routing import RoutingRule, RoutingRuleParticipant

__all__ = [
    "Complaint",
    "ComplaintCategory",
    "ComplaintInvolvement",
    "ComplaintLink",
    "ComplaintReporter",
    "ComplaintTopic",
    "RoutingRule",
    "RoutingRuleParticipant",
]
