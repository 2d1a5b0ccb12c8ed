"""The channels_inbound app."""

from django.apps import AppConfig


class ChannelsInboundConfig(AppConfig):
    """Registers the app under its short label."""

    name = "channels_inbound"
    verbose_name = "Inbox"

    def ready(self) -> None:
        """Let everybody see what arrived, and leads decide about what is quarantined."""
        from helpdesk import roles

        roles.also(roles.AGENT, "channels_inbound.view_inboundmessage")
        roles.also(roles.LEAD, "channels_inbound.change_inboundmessage")
