"""Files of contracts: CSV and spreadsheets, read within bounds and written so that no cell is a formula."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import tablib
from django.db.models import QuerySet
from tablib.exceptions import TablibException

from contracts.exchange import taking
from contracts.exchange.columns import COLUMNS
from contracts.exchange.resource import ContractResource
from contracts.models import Contract
from contracts.spreadsheets import safe

FORMATS: Final = ("csv", "xlsx")
MOST_BYTES: Final = 20 * 2**20
MOST_UNPACKED: Final = 200 * 2**20
MOST_ROWS: Final = 50_000


class Unreadable(ValueError):
    """No file of contracts, with a sentence for whoever gave it."""


@dataclass(frozen=True, slots=True)
class RowTold:
    """What became of one row: its line in the file, the contract, the outcome, and what was wrong."""

    line: int
    reference: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file."""

    rows: tuple[RowTold, ...]
    is_written: bool

    def count(self, outcome: str) -> int:
        """How many rows came to that."""
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def wrong(self) -> tuple[RowTold, ...]:
        """The rows that were refused."""
        return tuple(row for row in self.rows if row.outcome == "invalid")


def read(content: bytes, *, kind: str) -> tablib.Dataset:
    """A file's rows.

    Raises:
        Unreadable: it is too large, broken, empty, or has no row of headings that we know.
    """
    if kind not in FORMATS:
        raise Unreadable("Give a file that ends in .csv or .xlsx.")
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 20 MB.")
    try:
        data = _sheet(content) if kind == "xlsx" else _table(content)
    except Unreadable:
        raise
    except (TablibException, ValueError, KeyError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise Unreadable("The file cannot be read.") from error
    if not data.headers or "reference" not in data.headers:
        raise Unreadable("Its first line names the columns; “reference” is one of them.")
    unknown = [str(name) for name in data.headers if name not in COLUMNS]
    if unknown:
        raise Unreadable(f"There is no column “{unknown[0][:40]}”.")
    if len(data) > MOST_ROWS:
        raise Unreadable(f"It has more than {MOST_ROWS:,} rows.")
    return data


def _table(content: bytes) -> tablib.Dataset:
    return tablib.Dataset().load(content.decode("utf-8-sig"), format="csv")


def _sheet(content: bytes) -> tablib.Dataset:
    """A spreadsheet is a packed archive: how large it would unpack is known before it is."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise Unreadable("The spreadsheet is too large.")
    return tablib.Dataset().load(content, format="xlsx")


def put(
    data: tablib.Dataset,
    *,
    by: Any,
    at: datetime,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> Report:
    """Put each row in; wrong ones are told and the rest goes in, or nothing does where that was asked."""
    resource = ContractResource(by=by, at=at, progress=progress)
    result = resource.import_data(
        data, dry_run=dry_run, use_transactions=True, rollback_on_validation_errors=all_or_nothing
    )
    rows = tuple(_told(result))
    is_kept = not (all_or_nothing and any(row.outcome == "invalid" for row in rows))
    return Report(rows, is_written=is_kept and not dry_run)


def _told(result: Any) -> Iterator[RowTold]:
    for line, row in enumerate(result.rows, start=2):  # the first line names the columns
        reason = ""
        if row.validation_error is not None:
            named = row.validation_error.message_dict.items()
            reason = "; ".join(f"{column}: {' '.join(reasons)}" for column, reasons in named)
        yield RowTold(line, row.object_repr, row.import_type, reason)


def write(contracts: QuerySet[Contract], *, kind: str) -> bytes:
    """Those contracts as a file, each as its last published version says."""
    data = tablib.Dataset(headers=list(COLUMNS))
    for row in taking.rows(contracts):
        data.append([safe(cell) for cell in row])
    content = data.export(kind)
    return content.encode() if isinstance(content, str) else content
