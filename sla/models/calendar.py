"""When support is open: a calendar, its dated versions, and the open time they give."""

from django.db import models


class Calendar(models.Model):
    """Opening hours under one name; what is open when is said by its versions."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    revision = models.PositiveIntegerField(
        default=0,
        help_text="Another number with every build of the intervals; caches are keyed on it.",
    )
    built_from = models.DateTimeField(null=True, blank=True)
    built_until = models.DateTimeField(null=True, blank=True)
    follows_customer = models.BooleanField(
        default=False, help_text="Its hours are read on the clock of each customer's own zone."
    )
    zoned_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="zoned"
    )
    zoned_to = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="In which this one reads the other's hours.",
    )

    class Meta:
        ordering = ("key",)
        constraints = (
            models.UniqueConstraint(
                fields=("zoned_from", "zoned_to"), name="a_calendar_is_read_once_in_each_zone"
            ),
            models.CheckConstraint(
                condition=models.Q(zoned_from__isnull=True, zoned_to="")
                | (models.Q(zoned_from__isnull=False, follows_customer=False) & ~models.Q(zoned_to="")),
                name="a_calendar_read_in_a_zone_names_it",
            ),
        )

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """Hours, zone and holidays in force from `valid_from` until the next version.

    Published by being written: the database refuses to change it afterwards. Only the holidays of years that
    come into view are added; one that is listed stays listed, one that was struck out stays open.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    valid_from = models.DateTimeField()
    zone = models.CharField(max_length=64, help_text="IANA name; WET is read as Europe/Lisbon.")
    week = models.JSONField(help_text='{"mon": [["09:00", "21:00"]], …}')
    holidays = models.JSONField(default=list, blank=True, help_text="Closed dates, ISO.")
    overrides = models.JSONField(
        default=dict,
        blank=True,
        help_text='{"2026-12-24": [["09:00", "13:00"]]}; replaces the day and beats a holiday.',
    )
    holiday_categories = models.JSONField(default=list, blank=True, help_text='["public"]')
    holiday_country = models.CharField(max_length=2, blank=True)
    holiday_subdivision = models.CharField(max_length=10, blank=True)
    holiday_names = models.JSONField(
        default=dict, blank=True, help_text="ISO date to name, also of dates with hours of their own."
    )
    holiday_origins = models.JSONField(
        default=dict,
        blank=True,
        help_text=(
            "ISO date to where the holiday came from; without one it was added by hand, and one that is not "
            "among the closed dates was struck out."
        ),
    )
    zone_data_version = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ("calendar", "valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("calendar", "valid_from"),
                name="a_calendar_has_one_version_from_an_instant",
            ),
        )

    def __str__(self) -> str:
        return f"{self.calendar} from {self.valid_from:%Y-%m-%d}"


class CalendarDraft(models.Model):
    """Hours that somebody has not finished writing: kept as they were typed, in force for nobody."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="drafts")
    fields = models.JSONField(help_text="Name and value of every field of the editor, in its order.")
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=64)

    class Meta:
        ordering = ("calendar", "-saved_at")

    def __str__(self) -> str:
        return f"{self.calendar}, draft of {self.saved_at:%Y-%m-%d %H:%M}"


class CalendarInterval(models.Model):
    """One open interval `[starts_at, ends_at)`, built from the versions; never edited by hand."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="intervals")
    starts_at = models.BigIntegerField(help_text="UTC epoch seconds.")
    ends_at = models.BigIntegerField(help_text="UTC epoch seconds.")
    business_date = models.DateField(help_text="The local date that owns the interval.")

    class Meta:
        ordering = ("calendar", "starts_at")
        constraints = (
            models.UniqueConstraint(
                fields=("calendar", "starts_at"),
                name="one_interval_starts_at_an_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="an_interval_has_a_length",
            ),
        )

    def __str__(self) -> str:
        return f"{self.business_date}: {self.starts_at}-{self.ends_at}"
