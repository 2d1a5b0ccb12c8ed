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
from contracts.models.notice import Notice
from contracts.models.organisation import MailDomain, Organisation
from contracts.models.person import Address, Person
from contracts.models.plan import OverQuota, Plan, PlanVersion, QuotaMetric, QuotaPeriod, UnansweredApproval
from contracts.models.policy_file import PolicyFile

__all__ = [
    "Account",
    "Address",
    "Allotment",
    "Approval",
    "Charge",
    "Contract",
    "ContractCell",
    "ContractOrganisation",
    "ContractVersion",
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
    "UnansweredApproval",
]
