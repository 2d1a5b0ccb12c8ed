"""The keys of a policy file, and what may stand under each; unknown ones are refused by name."""

from collections.abc import Iterator
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from contracts.policy_files.lines import Document, FileRefused, Path_
from sla.hours import WEEKDAYS

Schema = dict[str, Any]

LARGEST_AMOUNT: Final = 10_000
MOST_PROBLEMS: Final = 50

TEXT: Final[Schema] = {"type": "string", "maxLength": 2000}
KEY: Final[Schema] = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$", "maxLength": 50}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}
DAY: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
INSTANT: Final[Schema] = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)$",
}
AMOUNT: Final[Schema] = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": LARGEST_AMOUNT}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0, "exclusiveMaximum": 1_000_000}
UNITS: Final = (
    "minute", "hour", "business_minute", "business_hour", "business_day", "calendar_day", "next_business_day",
)  # fmt: skip
KINDS: Final = (
    "best_effort", "none", "asap", "immediate", "as_agreed", "not_offered", "unknown",
)  # fmt: skip


def _object(required: str = "", **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {name.rstrip("_"): schema for name, schema in properties.items()},
        "required": required.split(),
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [{"type": "null"}, schema]}


def _by_name(schema: Schema) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": r"^[A-Za-z0-9*][A-Za-z0-9_-]*$"},
        "additionalProperties": schema,
    }


_CLOCK_TIME: Final[Schema] = {"type": "string", "pattern": r"^([01]\d|2[0-4]):[0-5]\d$"}
_HOURS: Final[Schema] = {
    "type": "array",
    "items": {"type": "array", "items": _CLOCK_TIME, "minItems": 2, "maxItems": 2},
}
_CALENDAR: Final = _object(
    "tz",
    tz=TEXT,
    tz_as_written=TEXT,
    days=_object("", **dict.fromkeys(WEEKDAYS, _HOURS)),
    always={"type": "boolean"},
    customer_local={"type": "boolean"},
    assumed={"type": ["string", "boolean"]},
    holidays=_object(
        "",
        mode={"enum": ["excluded", "included", "none", "unspecified"]},
        regions=TEXTS,
        extra={"type": "array", "items": DAY},
        note=TEXT,
    ),
    valid={"type": "array", "items": DAY, "minItems": 2, "maxItems": 2},
    after_hours=TEXT,
    cut_off=TEXT,
    note=TEXT,
)
_LENGTH: Final = _object(
    "unit", value=AMOUNT, min=AMOUNT, max=AMOUNT, unit={"enum": list(UNITS)}, calendar=KEY
)
_TARGET: Final = _object(
    "",
    **_LENGTH["properties"],
    aim=_LENGTH,
    cap=_LENGTH,
    kind={"enum": list(KINDS)},
    then={**_LENGTH},
    goal={"type": "boolean"},
    guarantee={"type": "boolean"},
    caveats=TEXTS,
    requires=_object("", channel=KEY, flag=TEXT, named_contact={"type": "boolean"}),
    applies_to=TEXTS,
    phone_line={"type": "boolean"},
    or_={"enum": ["as_agreed", "best_effort"]},
    note=TEXT,
)
_PERIOD: Final = _object(
    "unit", unit={"enum": ["month", "quarter", "year"]}, anchor={"type": ["string", "integer"]}
)
_QUOTA: Final = _object(
    "metric limit",
    metric={"enum": ["tickets", "incidents", "cases", "minutes", "hours"]},
    limit={"anyOf": [COUNT, {"type": "null"}, {"const": "per_contract"}]},
    period=_PERIOD,
    rollover={"anyOf": [{"type": ["null", "boolean"]}, {"type": "integer", "minimum": 0, "maximum": 120}]},
    over_quota=TEXTS,
    over_quota_choice=TEXT,
    price={"type": "string", "pattern": r"^\d{1,8}(\.\d{1,4})?$"},
    currency={"type": "string", "pattern": "^[A-Z]{3}$"},
    counting=TEXTS,
    approval=TEXT,
)
_PLAN: Final = _object(
    "key label targets",
    key=KEY,
    label=TEXT,
    default_calendar=KEY,
    channels={"type": "array", "items": KEY},
    named_contacts=_or_null(
        _object("", max=COUNT, rule=TEXT, applies_to={"anyOf": [TEXT, TEXTS]}),
    ),
    quota=_QUOTA,
    entitlements={
        "type": "array",
        "items": _object(
            "key",
            key=KEY,
            label=TEXT,
            metric=TEXT,
            limit={"anyOf": [COUNT, {"type": "null"}]},
            period=_PERIOD,
            over={"enum": ["accept", "reject", "overage"]},
            price={"type": "string", "pattern": r"^\d{1,5}(\.\d{1,4})?$"},
            currency={"type": "string", "pattern": "^[A-Z]{3}$"},
        ),
    },
    targets=_by_name(_by_name(_TARGET)),
)
_CREDITS: Final = _object(
    "basis rule",
    basis=TEXT,
    period=_object("unit", unit={"enum": ["month", "quarter", "year"]}, anchor=TEXT, ends=TEXTS),
    rule=_object(
        "type",
        type={"enum": ["per_breach", "threshold", "tiers"]},
        credit_percent=AMOUNT,
        more_than=COUNT,
        tiers={
            "type": "array",
            "items": _object("from credit_percent", **{"from": COUNT, "credit_percent": AMOUNT}),
        },
        of=TEXT,
    ),
    cap_percent=AMOUNT,
    claim=_object("", by=TEXT, within_days=COUNT, after=TEXT, requires=TEXTS),
    form=TEXT,
    worked_example=_object("breaches credit_percent", breaches=COUNT, credit_percent=AMOUNT),
)
_POLICY: Final = _object(
    "id vendor title binding priorities plans",
    id=KEY,
    vendor=TEXT,
    product=TEXT,
    title=TEXT,
    version=_object("", label=TEXT, effective_from=DAY, effective_to=DAY, supersedes=KEY, note=TEXT),
    sources={"type": "array", "items": _object("url", url=TEXT, lang=TEXT, fidelity=TEXT, note=TEXT)},
    binding=_object(
        "status",
        status={"enum": ["binding", "non_binding", "best_effort", "per_contract", "unspecified"]},
        governing=TEXT,
        note=TEXT,
    ),
    languages=TEXTS,
    languages_of_service=TEXTS,
    calendars=_by_name(_CALENDAR),
    priorities={
        "type": "array",
        "minItems": 1,
        "items": _object("key rank", key=KEY, rank=COUNT, **{"def": TEXT}),
    },
    priority_set_by=TEXT,
    priority_initial=TEXT,
    extra_fields={"type": "array", "items": _object("key", key=KEY, note=TEXT)},
    ticket_types={
        "type": "array",
        "items": _object(
            "key",
            key=KEY,
            sla_applies={"type": "boolean"},
            counts_toward_quota={"type": "boolean"},
            treatment=TEXT,
            examples=TEXTS,
        ),
    },
    tiers={"type": "array", "items": _object("key", key=KEY, calendar=KEY)},
    plans={"type": "array", "minItems": 1, "items": _PLAN},
    plan_level_indirection=TEXT,
    clock=_object(
        "",
        starts_on=TEXT,
        work_starts=TEXT,
        runs_only_when=TEXT,
        pauses=TEXTS,
        resolution_starts_on=TEXT,
        first_response_stop=TEXT,
        note=TEXT,
    ),
    closure=_object("", auto_close=TEXT, reopen=TEXT),
    exclusions=TEXTS,
    scope_dispute=TEXT,
    credits=_or_null(_CREDITS),
    exercises=TEXTS,
    gaps=TEXTS,
    probes={
        "type": "array",
        "items": _object(
            "priority metric start due",
            plan=KEY,
            priority=KEY,
            metric=KEY,
            start=INSTANT,
            due=INSTANT,
            semantics={
                "enum": [
                    "close_of_nth_day",
                    "from_next_opening",
                    "schedule_hours",
                    "same_clock_time",
                    "full_days_24h",
                ]
            },
            note=TEXT,
        ),
    },
)
FORM: Final = _object(
    "policies",
    schema_version={"const": 1},
    capabilities=_by_name(TEXT),
    policies={"type": "array", "items": _POLICY},
)


def check(document: Document) -> None:
    """Refuse a file that is of another form. Raises FileRefused, with every line that is wrong."""
    problems = list(_problems(document))
    if problems:
        raise FileRefused(problems[:MOST_PROBLEMS])


def _problems(document: Document) -> Iterator[tuple[int, str]]:
    for error in Draft202012Validator(FORM).iter_errors(document.data):
        yield from _of(_narrowest(error), document)


def _narrowest(error: ValidationError) -> ValidationError:
    """Of several forms that a value might have had, what is wrong with the one that it nearly has."""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    return error


def _of(error: ValidationError, document: Document) -> Iterator[tuple[int, str]]:
    path: Path_ = list(error.absolute_path)
    if error.validator == "additionalProperties":
        form: Any = error.schema
        given: Any = error.instance
        for key in given:
            if key not in form.get("properties", {}):
                yield document.line_of_key(path, key), f"Unknown key {key[:60]!r}{_where(path)}."
        return
    yield document.line_of(path), f"{_said(error)}{_where(path)}."


SENTENCES: Final = {
    "exclusiveMinimum": "{value} is too small: a number here is above {limit}",
    "minimum": "{value} is too small: a number here is at least {limit}",
    "exclusiveMaximum": "{value} is too large: a number here is below {limit}",
    "enum": "{value} is none of {limit}",
    "type": "{value} is no {limit}",
    "pattern": "{value} is not written as it must be here",
    "maxLength": "{value} is longer than {limit} letters",
}


def _said(error: ValidationError) -> str:
    limit: Any = error.validator_value
    given: Any = error.instance
    if error.validator == "required":
        return f"{next(key for key in limit if key not in given)!r} is missing"
    listed = ", ".join(map(str, limit)) if isinstance(limit, list) else limit
    sentence = SENTENCES.get(str(error.validator), "{value} cannot stand here")
    return sentence.format(value=repr(given)[:60], limit=listed)


def _where(path: Path_) -> str:
    return f" in {'.'.join(map(str, path))}" if path else ""
