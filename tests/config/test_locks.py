"""What is installed is what was locked, from wherever the installing machine gets its packages."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = sorted((PROJECT / "requirements").glob("*.txt"))
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path):
    return dict(
        re.findall(r"^([a-z0-9-]+)(?:\[[^]]*])?==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    )


def known():
    """All that is locked: what a developer installs, and what only the benchmarks measure us beside."""
    requirements = PROJECT / "requirements"
    return locked(requirements / "bench.txt") | locked(requirements / "dev.txt")


def test_there_is_a_lock_for_every_purpose():
    assert [path.name for path in LOCKS] == ["base.txt", "bench.txt", "browser.txt", "dev.txt", "test.txt"]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_address_and_hashes_everything(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    of_a_known_kind = re.compile(
        r"[a-z0-9-]+(\[[a-z,]+\])?==[^ ]+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    # .*"
    )

    assert [line for line in lines if not of_a_known_kind.fullmatch(line)] == []
    assert [line for line in lines if "://" in line or "file:" in line] == []


def test_every_declared_dependency_is_locked():
    groups = DECLARED["dependency-groups"]
    names = [*DECLARED["project"]["dependencies"], *(name for group in groups.values() for name in group)]
    declared = {plain(re.match(r"[\w.-]+", name)[0]) for name in names if isinstance(name, str)}

    assert declared - set(known()) == set()


def test_only_the_benchmarks_install_more_than_a_developer():
    declared = {plain(re.match(r"[\w.-]+", name)[0]) for name in DECLARED["dependency-groups"]["bench"]}
    dev = locked(PROJECT / "requirements" / "dev.txt")

    assert [path.name for path in LOCKS if set(locked(path)) - set(dev)] == ["bench.txt"]
    assert not declared & set(dev)


def test_all_locks_agree_on_the_versions():
    versions = known()

    assert [
        name for path in LOCKS for name, version in locked(path).items() if versions[name] != version
    ] == []


def test_the_lock_installs_on_debians_python_3_11_2():
    assert "async-timeout" in locked(PROJECT / "requirements" / "base.txt")
