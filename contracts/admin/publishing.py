"""Publishing in the console: first what follows, then one POST."""

from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from config.console import AgentConsole, TextArea, page
from contracts import publishing
from contracts.admin.fields import ListOf
from contracts.models import ContractVersion, PlanVersion
from sla import timekeeping, versions
from sla.admin import comparing
from sla.admin.findings import shown
from sla.versions import PublicationRefused

Published = TypeVar("Published", PlanVersion, ContractVersion)

LONGEST_KEY = 18


class PublishedConsole(AgentConsole[Published], Generic[Published]):
    """A version's page: a draft is edited and published, what is published is frozen."""

    is_deletable = False  # tickets refer to it
    readonly_fields = ("status", "valid_until")
    change_form_template = "admin/contracts/version.html"

    def is_frozen(self, row: Published) -> bool:
        """What was published stays as it was."""
        return not row.is_draft

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Lists are typed between commas; what is JSON has few lines."""
        words = {"label": capfirst(db_field.verbose_name), "help_text": db_field.help_text}
        empty: list[str] | None = None if db_field.null else []
        match db_field.name:
            case "channels":
                return ListOf(empty=empty, **words)
            case "thresholds":
                return ListOf(of_numbers=True, empty=empty, **words)
            case "credit_scheme" | "entitlements":
                kwargs["widget"] = TextArea(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The next number of what the version is added to."""
        given = super().get_changeform_initial_data(request)
        whole = self.model.whole
        key = str(given.get(whole, ""))
        if key.isdecimal() and len(key) <= LONGEST_KEY:
            given["number"] = versions.next_number(self.model.objects.filter(**{f"{whole}__pk": int(key)}))
        return given

    def get_urls(self) -> list[URLPattern]:
        """Publishing has a page of its own."""
        publish = self.admin_site.admin_view(self.publish_view)
        name = f"contracts_{self.opts.model_name}_publish"
        return [path("<path:object_id>/publish/", publish, name=name), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, with what it changes and the way to publish a draft."""
        address = reverse(f"admin:contracts_{self.opts.model_name}_publish", args=(object_id,))
        version = self.get_object(request, unquote(object_id))
        context = {"publish": address, **(comparing.shown(version, request) if version else {})}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask first, then put the draft in force."""
        version = self.get_object(request, unquote(object_id))
        if version is None or not self.has_change_permission(request, version):
            raise Http404
        if request.method == "POST":
            return self._publish(request, version)
        answer: HttpResponse = page(
            request,
            "admin/contracts/publish.html",
            of=version,
            title=gettext("Publish %s?") % version,
            version=version,
            back=self._address(version),
            **shown(publishing.findings(version, at=timekeeping.now())),
            **comparing.shown(version, request),
        )
        return answer

    def _publish(self, request: HttpRequest, version: Published) -> HttpResponse:
        try:
            publishing.publish(version, typed=request.POST.get("confirm", ""), at=timekeeping.now())
        except PublicationRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, gettext("%s is published.") % version)
        return redirect(self._address(version))

    def _address(self, version: Model) -> str:
        return reverse(f"admin:contracts_{self.opts.model_name}_change", args=(version.pk,))
