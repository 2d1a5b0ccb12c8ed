"""Quotes in the console: the pipeline, the page of one, its verbs; every rule is `contracts.quoting`'s."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from config import console
from config.console import AgentConsole
from contracts import money, words
from contracts.models import Quote
from contracts.models.service import Unit
from contracts.quoting import drafting, restoring, working
from contracts.quoting.drafting import LineDraft
from contracts.quoting.refusals import NotCompared, QuoteRefused
from helpdesk import actors, pump, quotes
from helpdesk.admin import asked
from helpdesk.models import Ticket
from helpdesk.refusals import Refused

State = Quote.State

EMPTY_LINES: Final = 3
MOST_LINES: Final = drafting.MOST_LINES
LONGEST: Final = 500
LONGEST_CONDITIONS: Final = 10_000
LONGEST_SUBJECTS: Final = 100_000
DECIDES_RESTORES: Final = "contracts.change_restorecheck"
"""The right of the privacy owner."""

Verb = Callable[[HttpRequest, Quote], "tuple[str, Quote]"]
"""Does it; says what was done, and which quote is to be shown."""


class NoNumber(Refused):
    """Something that should be a number is none."""

    sentence = _("Write numbers with a point, such as 1250.50.")


class NoDay(Refused):
    """Something that should be a day is none."""

    sentence = _("Write the last day as 2026-12-31.")


@admin.register(Quote)
class QuoteAdmin(AgentConsole[Quote]):
    """From the draft to the work done; each change is a verb."""

    is_addable = False  # a quote opens with a technical service
    is_deletable = False  # what was sent is kept
    list_display = ("name", "organisation", "category", "state", "amount", "valid_until", "opened_at")
    list_filter = ("state", "category")
    list_select_related = ("organisation", "category")
    search_fields = ("number", "organisation__name")
    search_help_text = _("Number or organisation")

    @admin.display(description=_("quote"), ordering="number")
    def name(self, quote: Quote) -> str:
        """Number and version."""
        return str(quote)

    @admin.display(description=_("total"), ordering="total")
    def amount(self, quote: Quote) -> str:
        """Once it was sent."""
        return "–" if quote.total is None else money.said(quote.total, quote.currency, "en")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quote]:
        """All that the desk has."""
        return super().get_queryset(request).select_related("organisation", "category", "contract")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Our page in place of Django's form, so that nothing is changed but by a verb."""
        return view(request, asked.number(object_id))

    def get_urls(self) -> list[URLPattern]:
        """The verbs of a quote, each a POST of its own, and its document."""
        guarded = self.admin_site.admin_view
        by_verb = [
            path(f"<int:number>/{name}/", guarded(_decision(verb)), name=f"contracts_quote_{name}")
            for name, verb in VERBS.items()
        ]
        file = path("<int:number>/document/", guarded(document), name="contracts_quote_document")
        return [*by_verb, file, *super().get_urls()]


# --- the page -----------------------------------------------------------------------------------


@require_safe
def view(request: HttpRequest, number: int) -> HttpResponse:
    """What it says, where it stands, and what may be done."""
    return _show(request, _quote(request, number, "view"))


def _show(
    request: HttpRequest, quote: Quote, *, typed: list[dict[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    lines = list(quote.lines.all())
    amounts = money.sum_of(lines, quote.currency) if quote.currency in money.known() else None
    ticket = Ticket.objects.filter(uid=quote.ticket_uid).first()
    answer: HttpResponse = console.page(
        request,
        "admin/contracts/quote.html",
        of=quote,
        title=gettext("Quote %s") % quote,
        status=status,
        quote=quote,
        ticket=ticket,
        lines=[(line, money.of_line(line, quote.currency)) for line in lines],
        fields=_fields(quote, typed),
        units=Unit.choices,
        amounts=amounts,
        versions=_versions(quote),
        decision=getattr(quote, "decision", None),
        leaves=quote.authorisations.select_related("approver"),
        check=restoring.last_check(quote),
        work=quote.work.all(),
        balance=[_balance(quote, unit) for unit in sorted({line.unit for line in lines})],
        may_change=request.user.has_perm("contracts.change_quote"),
        may_decide_restores=request.user.has_perm(DECIDES_RESTORES),
    )
    return answer


def _fields(quote: Quote, typed: list[dict[str, str]] | None) -> list[dict[str, str]]:
    """What stands in the form of a draft: what was typed, else what is kept; and room for more."""
    if quote.state != State.DRAFT:
        return []
    kept = typed if typed is not None else [line.written for line in quote.lines.all()]
    empty = {"description": "", "quantity": "", "unit": Unit.HOUR, "unit_price": "", "tax_percent": ""}
    return [*kept, *({**empty} for _ in range(EMPTY_LINES))]


def _versions(quote: Quote) -> list[Quote]:
    """The others of the same number, and drafts of the same ticket."""
    rows = Quote.objects.filter(ticket_uid=quote.ticket_uid).exclude(pk=quote.pk)
    return list(rows.order_by("-pk"))


def _balance(quote: Quote, unit: str) -> dict[str, Any]:
    return {
        "unit": dict(Unit.choices)[unit],
        "logged": working.logged(quote, unit),
        "quoted": working.quoted(quote, unit),
        "allowed": working.allowed(quote, unit),
    }


@require_safe
def document(request: HttpRequest, number: int) -> HttpResponse:
    """The file as it was sent."""
    quote = _quote(request, number, "view")
    kept = getattr(quote, "document", None)
    if kept is None:
        raise Http404
    as_file = {"Content-Disposition": f'attachment; filename="{kept.name}"'}
    return HttpResponse(bytes(kept.content), content_type="application/pdf", headers=as_file)


def _quote(request: HttpRequest, number: int, right: str) -> Quote:
    if not any(request.user.has_perm(f"contracts.{enough}_quote") for enough in {right, "change"}):
        raise PermissionDenied
    rows = Quote.objects.select_related("organisation", "category", "contract")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


# --- verbs --------------------------------------------------------------------------------------


def _decision(verb: Verb) -> Callable[..., HttpResponse]:
    """Back to the page, with what was done or why it was not."""

    @require_POST
    def decided(request: HttpRequest, number: int) -> HttpResponse:
        quote = _quote(request, number, "change")
        try:
            said, shown = verb(request, quote)
        except (Refused, QuoteRefused) as refusal:
            messages.error(request, str(refusal))
            if verb is _write:
                return _show(request, quote, typed=_typed_lines(request), status=409)
            return redirect(address(quote))
        messages.success(request, said)
        pump.send_soon()
        return redirect(address(shown))

    return decided


def address(quote: Quote) -> str:
    """Where the page of a quote is."""
    return reverse("admin:contracts_quote_change", args=(quote.pk,))


def _signed(request: HttpRequest) -> dict[str, Any]:
    return {"by": actors.account(asked.by(request)), "at": asked.at(request)}


def _write(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    drafting.write(
        quote,
        lines=[_line(fields) for fields in _typed_lines(request)],
        currency=asked.words(request, "currency", most=3).strip().upper(),
        valid_until=_day(asked.words(request, "valid_until", most=10)),
        conditions=asked.words(request, "conditions", most=LONGEST_CONDITIONS).replace("\r\n", "\n"),
        overrun_percent=_percent(request),
        edition=_edition(request),
    )
    return gettext("Kept. Nothing was sent."), quote


def _typed_lines(request: HttpRequest) -> list[dict[str, str]]:
    """The lines in which something was typed."""
    names = ("description", "quantity", "unit", "unit_price", "tax_percent")
    columns = [request.POST.getlist(name)[: MOST_LINES + EMPTY_LINES + 1] for name in names]
    rows = [
        dict(zip(names, (words.tidied(part) for part in row), strict=True))
        for row in zip(*columns, strict=False)
    ]
    return [row for row in rows if any(row[name] for name in names if name != "unit")]


def _line(fields: dict[str, str]) -> LineDraft:
    return LineDraft(
        description=fields["description"],
        quantity=_number(fields["quantity"]),
        unit_price=_number(fields["unit_price"]),
        unit=fields["unit"],
        tax_percent=_number(fields["tax_percent"] or "0"),
    )


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ".")[:20])
    except InvalidOperation:
        raise NoNumber from None


def _day(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return forms.DateField().to_python(text)
    except forms.ValidationError:
        raise NoDay from None


def _percent(request: HttpRequest) -> int:
    typed = request.POST.get("overrun_percent", "")
    return min(100, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 10  # noqa: PLR2004 - three digits


def _edition(request: HttpRequest) -> int:
    return asked.whole(request, "edition")


def _send(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    sent = quotes.send(quote, by=asked.by(request), at=asked.at(request), edition=_edition(request))
    return gettext("%s is sent: the customer's managers are told.") % sent, quote


def _revise(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    copy = drafting.revise(quote, **_signed(request))
    said = gettext("This is the draft of version %d. The one before stands until it is sent.") % copy.version
    return said, copy


def _withdraw(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    quotes.withdraw(quote, by=asked.by(request), at=asked.at(request))
    return gettext("Withdrawn."), quote


def _begin(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    working.begin(quote, **_signed(request))
    return gettext("The work has begun."), quote


def _log(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    working.log(
        quote,
        quantity=_number(asked.words(request, "quantity", most=20).strip()),
        unit=asked.words(request, "unit", most=10),
        note=asked.words(request, "note", most=LONGEST),
        **_signed(request),
    )
    return gettext("Logged."), quote


def _finish(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    working.finish(quote, **_signed(request))
    return gettext("Done."), quote


def _ask_leave(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    working.ask_leave(
        quote,
        purpose=asked.words(request, "purpose", most=LONGEST),
        scope=asked.words(request, "scope", most=LONGEST),
        **_signed(request),
    )
    return gettext("Asked: a manager of the customer authorises it on the quote's page."), quote


def _compare(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    typed = asked.words(request, "subjects", most=LONGEST_SUBJECTS)
    check = restoring.compare(quote, identifiers=typed.splitlines(), **_signed(request))
    if check.hits:
        return gettext("%d of them were erased: the privacy owner decides.") % check.hits, quote
    return gettext("None of them was erased."), quote


def _decide_restore(request: HttpRequest, quote: Quote) -> tuple[str, Quote]:
    if not request.user.has_perm(DECIDES_RESTORES):
        raise PermissionDenied
    check = restoring.last_check(quote)
    if check is None:
        raise NotCompared
    is_allowed = request.POST.get("then") == "allow"
    restoring.decide(
        check,
        is_allowed=is_allowed,
        reason=asked.words(request, "reason", most=LONGEST),
        **_signed(request),
    )
    said = gettext("Allowed.") if is_allowed else gettext("Not allowed: the work stays blocked.")
    return said, quote


VERBS: Final[dict[str, Verb]] = {
    "write": _write,
    "send": _send,
    "revise": _revise,
    "withdraw": _withdraw,
    "begin": _begin,
    "log": _log,
    "finish": _finish,
    "ask_leave": _ask_leave,
    "compare": _compare,
    "decide_restore": _decide_restore,
}
"""By the last part of their address; nothing of this happens on GET."""
