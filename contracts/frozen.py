"""What the database itself refuses to change in published plans and contracts (R2)."""

from sla.append_only import Guard, append_only, closed_once
from sla.frozen_versions import FrozenOncePublished, OneInForce, PartOfPublished

QUOTA = (
    "units", "quota_metric", "quota_period", "anchor_day", "anchor_month", "rollover_periods", "over_quota",
    "overage_price", "overage_currency", "approval_hours", "approval_default", "thresholds",
)  # fmt: skip


def frozen_plan_versions() -> list[Guard]:
    """Give the operations that freeze published plan versions and the priorities that they offer."""
    table = "contracts_planversion"
    columns = (
        "plan_id", "number", "valid_from", "policy_id", "channels", "units_per_contract", *QUOTA,
        "named_contacts_max", "named_contacts_rule", "entitlements",
    )  # fmt: skip
    return [
        FrozenOncePublished(table, columns),
        OneInForce(table, "plan_id"),
        PartOfPublished("contracts_planversion_offered_priorities", "planversion_id", table),
    ]


def frozen_contract_versions() -> list[Guard]:
    """Give the operations that freeze published contract versions and the cells that they say otherwise."""
    table = "contracts_contractversion"
    columns = (
        "contract_id", "number", "valid_from", "plan_version_id", "follows_latest",
        "pinned_policy_version_id", "calendar_id", "day_mode", "is_binding", "agreement_reference",
        "allows_excuses", "channels", "units_source", "units_added", *QUOTA, "named_contacts_max",
        "credit_scheme", "document", "author_id",
    )  # fmt: skip
    return [
        FrozenOncePublished(table, columns),
        OneInForce(table, "contract_id"),
        PartOfPublished("contracts_contractcell", "version_id", table),
    ]


GROWING = ("quotestep", "quotedocument", "quotedecision", "worklog", "erasure")


def frozen_quotes() -> list[Guard]:
    """Give the operations that freeze quotes once they are sent, and keep what they rest on (R6, AU-04)."""
    table = "contracts_quote"
    columns = (
        "number", "version", "ticket_uid", "organisation_id", "contract_id", "category_id", "language",
        "zone", "currency", "conditions", "valid_until", "overrun_percent", "net", "tax", "total",
        "opened_at", "opened_by", "sent_at", "sent_by", "expires_at",
    )  # fmt: skip
    return [
        FrozenOncePublished(table, columns, status="state"),
        PartOfPublished("contracts_quoteline", "quote_id", table, status="state"),
        *(append_only(f"contracts_{name}") for name in GROWING),
        closed_once(
            "contracts_authorisation",
            frozen=["quote_id", "purpose", "scope", "asked_at", "asked_by"],
            closing="approved_at",
        ),
        closed_once(
            "contracts_restorecheck",
            frozen=["quote_id", "subjects", "hits", "at", "by"],
            closing="decided_at",
        ),
    ]
