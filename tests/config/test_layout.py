"""Mail sinks: nothing refers upwards, as a string neither."""

import re
from pathlib import Path

import pytest
from django.apps import apps

PROJECT = Path(__file__).resolve().parents[2]
LAYERS = ["sla", "contracts", "helpdesk", "channels_inbound", "config"]
BESIDE = {"tests", "benchmarks", "translating"}  # none of them is part of what runs


def height(label):
    """How high an app stands; what we did not write lies below everything."""
    return LAYERS.index(label) if label in LAYERS else -1


def test_there_are_five_packages_and_no_sixth():
    packages = {path.parent.name for path in PROJECT.glob("*/__init__.py")}

    assert packages - BESIDE == set(LAYERS)


def test_no_model_refers_to_one_above():
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if height(field.related_model._meta.app_label) > height(model._meta.app_label) >= 0
    ]

    # The account is Django's own user model, so the framework's tables refer to it; ours may only from above.
    assert upward == []


@pytest.mark.parametrize("label", LAYERS[:-1])
def test_no_migration_names_an_app_above(label):
    above = "|".join(LAYERS[LAYERS.index(label) + 1 :])
    named = re.compile(rf"""["'](?:{above})(?:\\.\w+)?["']""")
    files = sorted((PROJECT / label / "migrations").glob("*.py"))

    assert files
    assert {
        path.name: named.findall(path.read_text(encoding="utf-8"))
        for path in files
        if path.name != "__init__.py"
    } == {path.name: [] for path in files if path.name != "__init__.py"}
