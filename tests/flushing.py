"""A transactional test ends with an empty database, though history may not be deleted from."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _flushing_lifts_the_guards():
    from django.core.management import call_command
    from django.db import connection
    from django.test import TransactionTestCase

    from sla.append_only import triggers_lifted

    def flush(_case: TransactionTestCase) -> None:
        with triggers_lifted(connection):
            # In cascade: knox creates its own table of tokens, which no model owns since ours replaced it.
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False, allow_cascade=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield
