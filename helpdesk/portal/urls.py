"""The customers' addresses."""

from django.urls import path

from helpdesk.portal.views import files, home, policy, profile, tickets, usage, writing

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("support-policy/", policy.policy, name="policy"),
    path("language/", profile.speak, name="language"),
    path("profile/", profile.profile, name="profile"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/new/", writing.new, name="new"),
    path("tickets/<int:number>/", tickets.ticket, name="ticket"),
    path("tickets/<int:number>/why/", tickets.why, name="why"),
    path("tickets/<int:number>/conversation/", tickets.conversation, name="conversation"),
    path("tickets/<int:number>/reply/", writing.reply, name="reply"),
    path("tickets/<int:number>/solve/", tickets.solve, name="solve"),
    path("tickets/<int:number>/decide/", usage.decide, name="decide"),
    path("my/usage/", usage.usage, name="usage"),
    path("my/usage/<int:number>/", usage.download, name="usage_file"),
    path("files/<uuid:uid>/", files.download, name="file"),
    path("files/<uuid:uid>/picture/", files.picture, name="picture"),
]
