"""Public holidays as dated rows: what a calendar's version closes on, and where each row came from.

The `holidays` package is asked when a version is written and when years come into view, never when a due time
is reckoned; another release of it changes no calendar. Rows that somebody added have no origin; rows that
somebody struck out stay listed and close nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import holidays as package
from holidays.registry import COUNTRIES

from sla.models import CalendarVersion

PUBLIC: Final[str] = package.PUBLIC
FIRST_YEAR, LAST_YEAR = 1970, 2099

_NAME: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class UnknownHolidays(ValueError):
    """Nobody lists the public holidays of that country, subdivision or category."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose holidays: a country, a subdivision ("" is national only), and categories of them."""

    country: str
    subdivision: str = ""
    categories: tuple[str, ...] = (PUBLIC,)


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """A dated row of a calendar's version."""

    date: date
    name: str
    country: str = ""
    """ISO code; "" when somebody added the row."""
    subdivision: str = ""
    """Only of a day that the whole country does not keep."""
    category: str = ""
    package: str = ""
    """The release of `holidays` that listed it; "" also when nobody wrote that down."""
    is_struck: bool = False
    """Listed, and open all the same."""

    @property
    def is_own(self) -> bool:
        """Whether somebody added it by hand."""
        return not self.country


# --- the package ----------------------------------------------------------------------------------


def package_version() -> str:
    """The release of the `holidays` package in use."""
    return str(package.__version__)  # type: ignore[attr-defined]  # not in its stubs


@lru_cache(maxsize=1)
def countries() -> tuple[tuple[str, str], ...]:
    """Code and English name of each country, by name."""
    named = {code: _NAME.sub(" ", name) for name, code, *_ in COUNTRIES.values()}
    return tuple(sorted(named.items(), key=lambda item: item[1]))


def subdivisions(country: str) -> tuple[tuple[str, str], ...]:
    """Code and name of each subdivision, by name; the legacy ones, which mix categories, are left out.

    Raises:
        UnknownHolidays.
    """
    entity = _entity(country)
    names = {code: name for name, code in entity.subdivisions_aliases.items()}
    listed = [(code, names.get(code, code)) for code in entity.subdivisions if code in _known(entity)]
    return tuple(sorted(listed, key=lambda item: item[1]))


def categories(country: str) -> tuple[str, ...]:
    """The country's categories, PUBLIC first. The others are observances: to list them closes on them.

    Raises:
        UnknownHolidays.
    """
    return tuple(sorted(_entity(country).supported_categories, key=lambda name: (name != PUBLIC, name)))


def place(country: str, subdivision: str = "", categories_: Iterable[str] = (PUBLIC,)) -> Place:
    """The place under its codes: "pt" and "Porto" are PT and 13; no category at all is PUBLIC.

    Raises:
        UnknownHolidays.
    """
    entity = _entity(country)
    code = entity.subdivisions_aliases.get(subdivision, subdivision)
    if code and code not in _known(entity):
        raise UnknownHolidays(f"No public holidays are known for {country} {subdivision}.")
    wanted = tuple(dict.fromkeys(categories_)) or (PUBLIC,)
    if unknown := set(wanted) - set(entity.supported_categories):
        raise UnknownHolidays(f"No holidays of the category {min(unknown)} are known for {country}.")
    return Place(country.upper(), code, tuple(sorted(wanted, key=lambda name: (name != PUBLIC, name))))


def generate(where: Place, years: Iterable[int]) -> tuple[Holiday, ...]:
    """The place's holidays by date, under the country's own names.

    A date that several categories list counts under the first; a subdivision's own day says so.

    Raises:
        UnknownHolidays.
    """
    checked, wanted = place(where.country, where.subdivision, where.categories), list(years)
    found: dict[date, Holiday] = {}
    for category in checked.categories:
        national = _listed(checked.country, "", category, wanted)
        everywhere = _listed(checked.country, checked.subdivision, category, wanted)
        for day, name in everywhere.items():
            own = "" if day in national else checked.subdivision
            row = Holiday(day, name, checked.country, own, category, package_version())
            found.setdefault(day, row)
    return tuple(found[day] for day in sorted(found))


def public_holidays(country: str, subdivision: str, years: Iterable[int]) -> dict[date, str]:
    """The public holidays by date, with the country's own names; `subdivision` "" is national only.

    Portugal's subdivisions are districts and know the district capital's day alone: "13" is Porto's, with
    24 June. Only the PUBLIC category: the others close observances (Carnival, Lisbon's 13 June) for all.

    Raises:
        UnknownHolidays: no such country or subdivision; the package's legacy subdivisions, such as
        Portugal's "Ext", count as unknown because they mix categories.
    """
    return {row.date: row.name for row in generate(Place(country, subdivision), years)}


def _listed(country: str, subdivision: str, category: str, years: list[int]) -> Mapping[date, str]:
    listed: Mapping[date, str] = package.country_holidays(
        country,
        subdiv=subdivision or None,
        years=years,
        categories=(category,),
        language=_entity(country).default_language,
    )
    return listed


def _entity(country: str) -> Any:
    if country.upper() not in dict(countries()):
        raise UnknownHolidays(f"No public holidays are known for {country}".rstrip() + ".")
    return getattr(package, country.upper())


def _known(entity: Any) -> set[str]:
    return set(entity.subdivisions) - set(getattr(entity, "_deprecated_subdivisions", ()))


# --- rows of a version ----------------------------------------------------------------------------


def rows_of(version: CalendarVersion) -> tuple[Holiday, ...]:
    """Every row of the version by date: generated, added by hand, and struck out."""
    closed = set(version.holidays)
    return tuple(
        _row(version, day, is_struck=day not in closed)
        for day in sorted(closed | version.holiday_origins.keys())
    )


def _row(version: CalendarVersion, day: str, *, is_struck: bool) -> Holiday:
    origin = version.holiday_origins.get(day) or {"name": version.holiday_names.get(day, "")}
    return Holiday(date.fromisoformat(day), **origin, is_struck=is_struck)


def columns_of(rows: Sequence[Holiday], labels: Mapping[date, str] | None = None) -> dict[str, Any]:
    """How a version stores the rows; `labels` name dates with hours of their own, and win."""
    named = {row.date: row.name for row in rows if row.name and not row.is_struck} | dict(labels or {})
    return {
        "holidays": [str(row.date) for row in rows if not row.is_struck],
        "holiday_names": {str(day): named[day] for day in sorted(named)},
        "holiday_origins": {str(row.date): _origin(row) for row in rows if not row.is_own},
    }


def place_of(version: CalendarVersion) -> Place | None:
    """Whose holidays the version lists; None when only those that somebody added."""
    if not version.holiday_country:
        return None
    chosen = tuple(version.holiday_categories) or (PUBLIC,)
    return Place(version.holiday_country, version.holiday_subdivision, chosen)


def years_listed(rows: Iterable[Holiday]) -> range:
    """From the first to the last year of which the package's rows were listed; empty without any."""
    years = [row.date.year for row in rows if not row.is_own]
    return range(min(years), max(years) + 1) if years else range(0)


def next_years(version: CalendarVersion, last_year: int) -> tuple[Holiday, ...]:
    """The rows of years after those that the version lists; a listed year is never touched again.

    Raises:
        UnknownHolidays: the package has forgotten the place.
    """
    where, listed = place_of(version), years_listed(rows_of(version))
    if where is None or not listed:
        return ()
    return generate(where, range(listed.stop, last_year + 1))


def take_in(version: CalendarVersion, rows: Iterable[Holiday]) -> None:
    """Add rows to what the version lists, in memory; a date that has a name keeps it."""
    new = columns_of(tuple(rows))
    version.holidays = sorted({*version.holidays, *new["holidays"]})
    version.holiday_names = new["holiday_names"] | version.holiday_names
    version.holiday_origins = version.holiday_origins | new["holiday_origins"]


def _origin(row: Holiday) -> dict[str, str]:
    return {
        "name": row.name,
        "country": row.country,
        "subdivision": row.subdivision,
        "category": row.category,
        "package": row.package,
    }
