from .claims import Claim, Payment
from .dissent import MeasureLink
from .due import Deadline
from .enforcement import EnforcementStep, OrderItemCheck, StepKind
from .lawsuits import Lawsuit, LawsuitItem
from .legal import LegalBasis
from .measures import Measure
from .orders import Order, OrderItem
from .proceedings import Proceeding, ProceedingDepartmentGrant, ProceedingUserGrant
from .requests import InformationRequest
from .series import MeasureSeries
from .service import OrderService, ServiceKind, ServiceRule
from .unfit import Rehousing

__all__ = [
    "Claim",
    "Deadline",
    "EnforcementStep",
    "InformationRequest",
    "Lawsuit",
    "LawsuitItem",
    "LegalBasis",
    "Measure",
    "MeasureLink",
    "MeasureSeries",
    "Order",
    "OrderItem",
    "OrderItemCheck",
    "OrderService",
    "Payment",
    "Proceeding",
    "ProceedingDepartmentGrant",
    "ProceedingUserGrant",
    "Rehousing",
    "ServiceKind",
    "ServiceRule",
    "StepKind",
]
