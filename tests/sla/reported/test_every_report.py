"""Every report that we know of has a test, and the test says so."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.sla.reported.reports import REPORTS

PAGE = Path(__file__).resolve().parents[4] / "shared" / "design" / "sla.md"
LINK = re.compile(
    r"(?:https://github\.com/(?P<repository>[\w.-]+/[\w.-]+))?/(?:issues/|pull/)?(?P<number>\d+)\b"
)
UNFILED = {"django-helpdesk escalate_tickets", "frappe set_resolution_date"}


TESTS = [(report, theme, test) for theme, tests in REPORTS.items() for report, test in tests.items()]


@pytest.mark.parametrize(("report", "theme", "test"), TESTS, ids=[report for report, *_ in TESTS])
def test_a_report_has_a_test_that_names_it(report, theme, test):
    module = import_module(f"tests.sla.reported.test_{theme}")
    told = getattr(module, f"test_{test}").__doc__

    assert re.search(rf"(?<![\w/]){re.escape(report)}(?!\d)", told)


def reports_of(page: str) -> set[str]:
    """The reports of the table of bugs; a short link belongs to the repository named before it."""
    table = page.partition("## Bugs that others shipped")[2].partition("\n## ")[0]
    found, repository = set(), ""
    for row in table.splitlines():
        if row.startswith("| http"):
            for link in LINK.finditer(row.split("|")[1]):
                repository = link["repository"] or repository
                found.add(f"{repository}#{link['number']}")
    return found


PAGE_LIKE_THAT = """
## Bugs that others shipped, to be tests here
| https://github.com/a/b/issues/1 , PR /14 , issue /5 (open) | 24/7 at 23:59 | Y06 |
| https://github.com/c/d/pull/2 , /issues/3 | https://github.com/e/f/issues/9 | x |
## Something else
| https://github.com/g/h/issues/4 | | |
"""


def test_short_links_belong_to_the_repository_before_them():
    assert reports_of(PAGE_LIKE_THAT) == {"a/b#1", "a/b#14", "a/b#5", "c/d#2", "c/d#3"}


def test_no_report_of_the_design_page_is_missing():
    if not PAGE.is_file():
        pytest.skip("the design page is not beside the project, in ../shared/design")
    known = reports_of(PAGE.read_text(encoding="utf-8"))

    assert len(known) > 50
    assert known | UNFILED == {report for report, *_ in TESTS}
