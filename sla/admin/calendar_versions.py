"""The week editor: a version is written, previewed, and published; what was published is only read."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from config.console import AgentConsole, moves_shown, page
from sla import calendars, holidays, hours, timekeeping, typed
from sla.admin import calendar_shown, calendar_words
from sla.admin.calendar_reading import Reading, calendar_named, read
from sla.admin.calendar_words import Words
from sla.models import Calendar, CalendarDraft, CalendarVersion

EDITOR: Final = "admin/sla/calendarversion/editor.html"
PREVIEW: Final = "admin/sla/calendarversion/preview.html"
VERSION: Final = "admin/sla/calendarversion/version.html"


@admin.register(CalendarVersion)
class CalendarVersionAdmin(AgentConsole[CalendarVersion]):
    """Hours, zone and holidays from an instant on; published by being added."""

    list_display = ("calendar", "valid_from", "zone", "holiday_country", "holiday_subdivision")
    list_select_related = ("calendar",)
    list_filter = ("calendar",)
    ordering = ("-valid_from",)

    def is_frozen(self, _row: CalendarVersion) -> bool:
        """The past is never rewritten."""
        return True

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Write a version, in two steps: nothing is stored before somebody has seen what it does.

        1. The form; buttons beside Preview only rearrange what is typed (copy a day, list holidays).
        2. The preview carries all words on; from there back to the form, or published.

        What is not finished can be kept as a draft, as it was typed, and found again at its calendar.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        at = timekeeping.now()
        if request.method != "POST":
            return _form(request, _first_words(request, at), at=at)
        words = calendar_words.typed(request.POST)
        match request.POST.get("do", "preview"):
            case "keep":
                return _keep(request, words, at=at)
            case "discard":
                return _discard(request, words)
            case "preview" | "publish" as step:
                return self._decided(request, words, step, at)
            case other:
                return _form(request, _rearranged(request, words, other), at=at)

    def _decided(self, request: HttpRequest, words: Words, step: str, at: datetime) -> HttpResponse:
        reading = read(words, at=at)
        if reading.errors or reading.calendar is None:
            return _form(request, words, at=at, refused=reading)
        if step == "preview":
            return _preview(request, reading, reading.calendar, at=at)
        if request.POST.get("seen") != reading.digest():
            return _preview(request, reading, reading.calendar, at=at, is_other=True)
        return self._publish(request, reading, reading.calendar, at)

    def _publish(
        self, request: HttpRequest, reading: Reading, calendar: Calendar, at: datetime
    ) -> HttpResponse:
        """Publish, build a calendar that had no hours before, and let running clocks follow (R2)."""
        try:
            version = calendars.publish(calendar, **reading.given())
        except calendars.NotLater as refusal:
            reading.refuse("starts", str(refusal))
            return _form(request, reading.words, at=at, refused=reading)
        if calendar.built_until is None:
            calendars.build(calendar, at=at)
        from sla import recompute  # with NumPy, which only this needs

        report = recompute.recompute(at=at, calendar=calendar, since=version.valid_from)
        _draft_of(reading.words).delete()
        self.log_addition(request, version, [{"added": {}}])
        moved = gettext("%(version)s is published; due times that moved: %(count)s.")
        messages.success(request, moved % {"version": version, "count": report.moved})
        return redirect(reverse("admin:sla_calendar_change", args=(calendar.pk,)))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A version as it was published."""
        version = self.get_object(request, unquote(object_id))
        if request.method == "POST" or not self.has_view_permission(request, version):
            raise PermissionDenied
        if version is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]  # Django's own answer
        shown: HttpResponse = page(
            request, VERSION, of=version, title=str(version), **calendar_shown.version_context(version)
        )
        return shown


def _first_words(request: HttpRequest, at: datetime) -> Words:
    """The calendar that the address names, as its latest version has it."""
    draft = _numbered(request.GET.get("draft", "")).first()
    if draft is not None:
        return calendar_words.kept(draft)
    calendar = calendar_named(request.GET.get("calendar", ""))
    latest = calendar.versions.order_by("-valid_from").first() if calendar else None
    if latest is not None:
        return calendar_words.following(latest, at=at)
    return calendar_words.blank(str(calendar.pk) if calendar else "", at=at)


def _keep(request: HttpRequest, words: Words, *, at: datetime) -> HttpResponse:
    """Keep what was typed, finished or not, in the place of the draft that it came from."""
    calendar = calendar_named(words.calendar)
    if calendar is None:
        return _form(request, words, at=at, refused=read(words, at=at))
    given = {
        "fields": [list(field) for field in words.fields() if field[0] not in {"calendar", "draft"}],
        "saved_at": at,
        "saved_by": f"account:{request.user.pk}",
    }
    if not _draft_of(words).update(**given):
        CalendarDraft.objects.create(calendar=calendar, **given)
    messages.success(request, gettext("Kept as a draft: it is in force for nobody."))
    return redirect(reverse("admin:sla_calendar_change", args=(calendar.pk,)))


def _discard(request: HttpRequest, words: Words) -> HttpResponse:
    draft = _draft_of(words).first()
    if draft is None:
        return redirect(reverse("admin:sla_calendar_changelist"))
    draft.delete()
    messages.success(request, gettext("The draft is discarded."))
    return redirect(reverse("admin:sla_calendar_change", args=(draft.calendar_id,)))


def _draft_of(words: Words) -> QuerySet[CalendarDraft]:
    """The draft that the words came from, of their calendar; nothing where they came from none."""
    calendar = calendar_named(words.calendar)
    return _numbered(words.draft).filter(calendar=calendar)


def _numbered(digits: str) -> QuerySet[CalendarDraft]:
    return CalendarDraft.objects.filter(pk=typed.whole(digits) or 0)  # which no row has


def _rearranged(request: HttpRequest, words: Words, button: str) -> Words:
    if button == "copy":
        return words.with_copied(request.POST.get("copy_from", ""), request.POST.getlist("copy_to"))
    if button == "always":
        return words.always_open()
    if button == "list":
        return _moved(words)
    room = button.removeprefix("add-")
    return words.with_room(room) if room in {*hours.WEEKDAYS, "own", "special"} else words


def _moved(words: Words) -> Words:
    """Without the subdivision and the categories of another country."""
    try:
        known = {code for code, _name in holidays.subdivisions(words.country)}
        offered = holidays.categories(words.country)
    except holidays.UnknownHolidays:
        return words
    return replace(
        words,
        subdivision=words.subdivision if words.subdivision in known else "",
        categories=tuple(name for name in words.categories if name in offered) or (holidays.PUBLIC,),
    )


def _form(
    request: HttpRequest, words: Words, *, at: datetime, refused: Reading | None = None
) -> HttpResponse:
    listed = refused or read(replace(words, week={}), at=at)
    known = {name: listed.errors[name] for name in ("country",) if name in listed.errors}
    errors = refused.errors if refused else known
    answer: HttpResponse = page(
        request,
        EDITOR,
        of=listed.calendar or Calendar(name=gettext("new hours")),
        title=_title(listed.calendar),
        calendar=listed.calendar,
        **calendar_shown.editor_context(words, errors, listed, at=at),
    )
    return answer


def _title(calendar: Calendar | None) -> str:
    return gettext("New hours for %s") % calendar if calendar else gettext("New hours")


def _preview(
    request: HttpRequest, reading: Reading, calendar: Calendar, *, at: datetime, is_other: bool = False
) -> HttpResponse:
    answer: HttpResponse = page(
        request,
        PREVIEW,
        of=calendar,
        title=gettext("Publish these hours for %s?") % calendar,
        is_other=is_other,
        moves=_moves(reading, calendar, at=at),
        **calendar_shown.preview_context(reading, calendar, at=at),
    )
    return answer


def _moves(reading: Reading, calendar: Calendar, *, at: datetime) -> Any:
    """Which tickets would be due at another time, by the rule that the command asks too."""
    from sla import dry_run

    if reading.spec is None or reading.valid_from is None:
        return None
    told = dry_run.calendar_edit(calendar, spec=reading.spec, valid_from=reading.valid_from, at=at)
    return moves_shown(told, at=at)
