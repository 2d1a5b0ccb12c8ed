"""Who the customer is, what they bought, and what they used of it."""

from contracts.models.account import Account
from contracts.models.allotment import Allotment
from contracts.models.charge import Charge
from contracts.models.contract import Contract, ContractCell
from contracts.models.notice import Notice
from contracts.models.organisation import MailDomain, Organisation
from contracts.models.person import Address, Person
from contracts.models.plan import Plan, PlanVersion

__all__ = [
    "Account",
    "Address",
    "Allotment",
    "Charge",
    "Contract",
    "ContractCell",
    "MailDomain",
    "Notice",
    "Organisation",
    "Person",
    "Plan",
    "PlanVersion",
]
