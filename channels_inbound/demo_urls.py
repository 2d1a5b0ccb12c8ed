"""Pages of the demonstration."""

from django.urls import path

from channels_inbound import demo

app_name = "demo"
urlpatterns = [path("write/", demo.write, name="write")]
