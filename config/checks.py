"""What `manage.py check --deploy` says about our own settings (ids `prazo.E001` and on)."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def production_is_wired(**_kwargs: Any) -> list[CheckMessage]:
    """Name everything that a machine on the internet must not be without."""
    is_https = urlsplit(settings.SITE_URL).scheme == "https"
    is_server = settings.DATABASES["default"]["ENGINE"] != settings.SQLITE["ENGINE"]
    twilio = {bool(settings.TWILIO_ACCOUNT_SID), bool(settings.TWILIO_AUTH_TOKEN), bool(settings.TWILIO_FROM)}
    sends_mail = settings.EMAIL_BACKEND != "config.mailbox.EmlFolder"
    demands = [
        (settings.PRODUCTION, "PRODUCTION is off.", "Set PRODUCTION=1."),
        (not settings.DEMO, "DEMO is on: strangers may write as customers.", "Unset DEMO."),
        (
            is_https,
            "SITE_URL, with which every link begins, is not https.",
            "Set the public address.",
        ),
        (settings.REDIS_URL, "There is no broker: tasks would pass through files.", "Set REDIS_URL."),
        (is_server, "The database is an SQLite file.", "Set DATABASE_URL to a PostgreSQL address."),
        (sends_mail, "Mail is written to a folder and reaches nobody.", "Set EMAIL_URL or MAIL_PROVIDER."),
        (
            settings.IS_MAIL_WEBHOOK_OPEN,
            "ANYMAIL_WEBHOOK_SECRET is not set, so the mail webhooks refuse everything.",
            "Set it to user:password, also when mail comes by the pipe alone.",
        ),
        (
            len(twilio) == 1,
            "WhatsApp is set up by halves.",
            "Set all of TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM, or none.",
        ),
    ]
    return [
        Error(says, hint=hint, id=f"prazo.E{number:03}")
        for number, (is_met, says, hint) in enumerate(demands, start=1)
        if not is_met
    ]
