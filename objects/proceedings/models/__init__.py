from .enforcement import EnforcementStep, OrderItemCheck, StepKind
from .legal import LegalBasis
from .measures import Measure
from .orders import Order, OrderItem
from .proceedings import Proceeding, ProceedingDepartmentGrant, ProceedingUserGrant
from .requests import InformationRequest
from .service import OrderService, ServiceKind, ServiceRule
from .unfit import Rehousing

__all__ = [
    "EnforcementStep",
    "InformationRequest",
    "LegalBasis",
    "Measure",
    "Order",
    "OrderItem",
    "OrderItemCheck",
    "OrderService",
    "Proceeding",
    "ProceedingDepartmentGrant",
    "ProceedingUserGrant",
    "Rehousing",
    "ServiceKind",
    "ServiceRule",
    "StepKind",
]
