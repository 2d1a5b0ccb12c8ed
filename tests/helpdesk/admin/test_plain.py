"""The console without its theme: Django's own admin, under the strict policy."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]

WALK = """
import django
django.setup()
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from contracts.models import Account, Organisation, Person
from helpdesk import intake
from helpdesk.incoming import Incoming
from helpdesk.models import RequestType, Ticket

call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
RequestType.objects.create(key="support", name="Support", is_default=True)
person = Person.objects.create(name="Ana", organisation=Organisation.objects.create(name="Azenha", slug="a"))
incoming = Incoming(channel="portal", person=person, subject="Printer", text="It does not print.")
from sla.timekeeping import now
ticket = intake.receive(incoming, at=now(), by="system:test").ticket
rui = Account.objects.create_superuser("rui@lumiar.example", "x" * 12, name="Rui")
browser = Client(HTTP_HOST="localhost")
browser.force_login(rui, backend="django.contrib.auth.backends.ModelBackend")
page = f"/admin/helpdesk/ticket/{ticket.pk}/"
addresses = ["/admin/", "/admin/simulator/", page + "change/", page + "history/", page + "explain/"]
for model in admin.site._registry:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model._default_manager.first()
    addresses += [reverse(name + "_changelist"), reverse(name + "_add")]
    addresses += [reverse(name + "_change", args=(row.pk,))] if row else []
for address in addresses:
    answer = browser.get(address)
    assert answer.status_code in {200, 403}, (address, answer.status_code)
    assert "unsafe" not in answer["Content-Security-Policy"], address
queue = browser.get("/admin/helpdesk/ticket/").content.decode()
assert "Printer" in queue and "unfold" not in queue and "<main" in queue
browser.post(page + "reply/", {"text": "Turn it off.", "key": "k"})
assert "Turn it off." in browser.get(page + "change/").content.decode()
print(len(addresses), "pages")
"""


def test_every_page_works_in_djangos_own_admin_too(tmp_path):
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "CONSOLE_THEME": "PLAIN",
        "DATA_DIR": str(tmp_path),
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
    }

    walked = subprocess.run(
        [sys.executable, "-c", WALK],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert walked.returncode == 0, walked.stderr[-3000:]
    assert int(walked.stdout.split()[0]) > 40
