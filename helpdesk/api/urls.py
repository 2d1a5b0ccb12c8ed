"""Addresses of the API, version 1."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from helpdesk.api import billing, views

app_name = "api"
urlpatterns = [
    path(
        "schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"
    ),
    path("billing/quotes/<uuid:uid>/", billing.BilledQuote.as_view(), name="billed_quote"),
    path("tickets/", views.Tickets.as_view(), name="tickets"),
    path("tickets/<int:number>/", views.OneTicket.as_view(), name="ticket"),
    path("tickets/<int:number>/messages/", views.Messages.as_view(), name="messages"),
]
