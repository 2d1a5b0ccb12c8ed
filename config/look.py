"""How the console's theme is dressed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Prazo",
    "SITE_HEADER": "Prazo",
    "SITE_SUBHEADER": _("Agents' console"),
    "SITE_SYMBOL": "support_agent",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "COMMAND": {"search_models": False, "search_callback": "config.navigation.find", "show_history": True},
    "SIDEBAR": {"show_search": True, "command_search": True, "navigation": "config.navigation.navigation"},
    "COLORS": {
        "base": {
            "50": "#f8faf9",
            "100": "#f1f5f3",
            "200": "#e0e7e4",
            "300": "#c6d1cc",
            "400": "#8b9a94",
            "500": "#5d6d67",
            "600": "#47554f",
            "700": "#35413c",
            "800": "#1f2a27",
            "900": "#15201d",
            "950": "#0c1412",
        },
        "primary": {
            "50": "#effaf7",
            "100": "#d8f2ea",
            "200": "#b3e4d8",
            "300": "#82d0bf",
            "400": "#4fb6a3",
            "500": "#2b9a88",
            "600": "#14786c",
            "700": "#0d5c56",
            "800": "#0d4a46",
            "900": "#0c3d3a",
            "950": "#052422",
        },
    },
}
