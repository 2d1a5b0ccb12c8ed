"""The console speaks one language, whatever the browser asks for."""

import pytest

pytestmark = pytest.mark.django_db


def test_an_agent_with_a_french_browser_reads_one_language(desk, rui, client):
    client.force_login(rui)
    page = client.get("/admin/helpdesk/ticket/", headers={"Accept-Language": "fr"})
    assert page["Content-Language"] == "en"
