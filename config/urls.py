"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from channels_inbound.email.webhooks import PostmarkInbound
from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("helpdesk.portal.account_urls")),
    # At anymail's own address, but the mail is kept before anything reads it. Anymail's other webhooks are
    # left out: nobody listens to them, so what came in there would be answered 200 and lost.
    path("anymail/postmark/inbound/", PostmarkInbound.as_view(), name="postmark_inbound"),
    path("hooks/", include("channels_inbound.urls")),
    path("api/v1/", include("helpdesk.api.urls")),
    path("demo/", include("channels_inbound.demo_urls")),
    path("", include("helpdesk.portal.urls")),
]
