"""Who the customer is, what they bought, and what they used of it."""

from contracts.models.account import Account
from contracts.models.allotment import Allotment
from contracts.models.approval import Approval
from contracts.models.charge import Charge
from contracts.models.contract import (
    Contract,
    ContractCell,
    ContractOrganisation,
    ContractVersion,
    NamedContact,
)
from contracts.models.entitlement import EntitlementUse
from contracts.models.notice import Notice
from contracts.models.organisation import MailDomain, Organisation
from contracts.models.person import Address, Person
from contracts.models.plan import OverQuota, Plan, PlanVersion, QuotaMetric, QuotaPeriod, UnansweredApproval
from contracts.models.policy_file import PolicyFile
from contracts.models.quote import (
    Authorisation,
    Erasure,
    Quote,
    QuoteDecision,
    QuoteDocument,
    QuoteLine,
    QuoteSeries,
    QuoteStep,
    RestoreCheck,
    WorkLog,
)
from contracts.models.service import ServiceCategory, Unit, UsualLine

__all__ = [
    "Account",
    "Address",
    "Allotment",
    "Approval",
    "Authorisation",
    "Charge",
    "Contract",
    "ContractCell",
    "ContractOrganisation",
    "ContractVersion",
    "EntitlementUse",
    "Erasure",
    "MailDomain",
    "NamedContact",
    "Notice",
    "Organisation",
    "OverQuota",
    "Person",
    "Plan",
    "PlanVersion",
    "PolicyFile",
    "QuotaMetric",
    "QuotaPeriod",
    "Quote",
    "QuoteDecision",
    "QuoteDocument",
    "QuoteLine",
    "QuoteSeries",
    "QuoteStep",
    "RestoreCheck",
    "ServiceCategory",
    "UnansweredApproval",
    "Unit",
    "UsualLine",
    "WorkLog",
]
