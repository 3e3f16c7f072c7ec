"""All models of the app, one subpackage per subject."""

from .addresses.models import Address, AddressImport, Street  # noqa: F401
from .complaints.models import (  # noqa: F401
    Complaint,
    ComplaintCategory,
    ComplaintInvolvement,
    ComplaintLink,
    ComplaintReference,
    ComplaintReporter,
    ComplaintTopic,
    HintWindow,
    RoutingRule,
    RoutingRuleParticipant,
)
from .geo.models import DistrictOutline  # noqa: F401
from .inspections.models import (  # noqa: F401
    ChecklistItem,
    DwellingVisit,
    Finding,
    HelpNeed,
    ImmediateMeasure,
    Inspection,
    InspectionDay,
    InspectionNote,
    InspectionParticipation,
    InspectionSection,
    OccupancyThreshold,
    OpeningBalance,
    StatedTotal,
)
from .owners.models import (  # noqa: F401
    OwnerChange,
    PartyLink,
    PartyMerge,
    PartyRelation,
    Readdressing,
    SuccessionRule,
)
from .priority.models import ScoreMark, ScoreRule  # noqa: F401
from .proceedings.models import (  # noqa: F401
    Claim,
    Deadline,
    EnforcementStep,
    InformationRequest,
    Lawsuit,
    LawsuitItem,
    LegalBasis,
    Measure,
    MeasureLink,
    MeasureSeries,
    Order,
    OrderItem,
    OrderItemCheck,
    OrderService,
    Payment,
    Proceeding,
    ProceedingDepartmentGrant,
    ProceedingUserGrant,
    Rehousing,
    ServiceRule,
)
from .register.models import (  # noqa: F401
    Assessment,
    Building,
    Dwelling,
    Goal,
    GoalStage,
    LeadPeriod,
    NoDuplicate,
    Note,
    Ownership,
    Parcel,
    Participation,
    Party,
    PartySummary,
    ProblemArea,
    Property,
    PropertyAddress,
    PropertySummary,
    PropertyTransfer,
    RegisterPeriod,
    TransferItem,
)
from .replies.models import Escalation, EscalationLevel, ReplyPeriod  # noqa: F401
from .warning.models import EarlyWarning, RiskHint, WarningRule  # noqa: F401
