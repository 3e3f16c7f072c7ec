from .enforcement import EnforcementStep, OrderItemCheck, StepKind
from .legal import LegalBasis
from .measures import Measure
from .orders import Order, OrderItem
from .proceedings import Proceeding, ProceedingDepartmentGrant, ProceedingUserGrant
from .requests import InformationRequest

__all__ = [
    "EnforcementStep",
    "InformationRequest",
    "LegalBasis",
    "Measure",
    "Order",
    "OrderItem",
    "OrderItemCheck",
    "Proceeding",
    "ProceedingDepartmentGrant",
    "ProceedingUserGrant",
    "StepKind",
]
