"""A visitor: somebody with a browser without scripts, who reads pages and sends the forms on them.

A form is sent as it stands on the page, hidden fields and CSRF token included, so a page whose form lacks
something fails here as it would in a browser.
"""

from urllib.parse import urljoin

from django.test import Client
from lxml import html


class Visitor:
    """Keeps the page that was read last; `follow` leads through redirects as a browser does."""

    def __init__(self):
        self.client = Client(enforce_csrf_checks=True)
        self.answer = None
        self.address = "/"

    def get(self, address: str, **query) -> "Visitor":
        return self._arrived(self.client.get(address, query or None, follow=True), address)

    def send(self, action: str, *, press: tuple[str, str] | None = None, **fields) -> "Visitor":
        """Fill in the form that leads to `action`, press a button of it, and read what comes."""
        form = self._form(action)
        values: dict[str, object] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        pressed = {press[0]: press[1]} if press else {}
        unknown = set(fields) - {one.name for one in form.inputs if one.name}
        assert not unknown, f"the form has no {unknown}"
        leads_to = urljoin(self.address, form.get("action") or self.address)
        answer = self.client.post(leads_to, {**values, **pressed, **fields}, follow=True)
        return self._arrived(answer, leads_to)

    def _form(self, action: str):
        forms = [form for form in self.tree.forms if form.method == "POST"]
        fitting = [
            form for form in forms if urljoin(self.address, form.get("action") or self.address) == action
        ]
        assert fitting, (
            f"no form on {self.address} leads to {action}: {[form.get('action') for form in forms]}"
        )
        return fitting[0]

    def _arrived(self, answer, address: str) -> "Visitor":
        steps = getattr(answer, "redirect_chain", [])
        self.answer, self.address = answer, urljoin(address, steps[-1][0]) if steps else address
        return self

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def tree(self):
        return html.fromstring(self.answer.content.decode())

    @property
    def text(self) -> str:
        """What can be read on the page, on one line."""
        tree = self.tree
        for unread in tree.xpath("//script | //style | //svg"):
            unread.drop_tree()
        return " ".join(tree.text_content().split())

    @property
    def links(self) -> list[str]:
        """Where the page leads, on this host."""
        found = (urljoin(self.address, link) for link in self.tree.xpath("//a/@href"))
        return [link for link in found if link.startswith("/") and not link.startswith("//")]
