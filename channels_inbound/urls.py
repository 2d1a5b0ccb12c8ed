"""Addresses at which other systems hand over messages."""

from django.urls import path

from channels_inbound.whatsapp import views

app_name = "hooks"
urlpatterns = [
    path("whatsapp/twilio/", views.incoming, name="twilio_incoming"),
    path("whatsapp/twilio/status/", views.status, name="twilio_status"),
]
