"""The channels_inbound app."""

from django.apps import AppConfig


class ChannelsInboundConfig(AppConfig):
    """Registers the app under its short label."""

    name = "channels_inbound"
    verbose_name = "Inbox"
