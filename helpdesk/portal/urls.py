"""The customers' addresses."""

from django.urls import path

from helpdesk.portal.views import (
    contacts,
    files,
    home,
    policy,
    profile,
    quotes,
    terms,
    tickets,
    usage,
    writing,
)

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("support-policy/", policy.policy, name="policy"),
    path("support-policy.json", policy.as_json, name="policy_json"),
    path("support-policy/versions/<int:number>/", policy.version, name="policy_version"),
    path("support-policy/versions/<int:number>/changes/", policy.changes, name="policy_changes"),
    path("support-policy/versions/<int:number>.json", policy.version_as_json, name="policy_version_json"),
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
    path("tickets/<int:number>/appeal/", quotes.appeal, name="appeal"),
    path("quotes/", quotes.listing, name="quotes"),
    path("quotes/<int:number>/", quotes.quote, name="quote"),
    path("quotes/<int:number>/document/", quotes.document, name="quote_document"),
    path("quotes/<int:number>/accept/", quotes.accept, name="accept"),
    path("quotes/<int:number>/decline/", quotes.decline, name="decline"),
    path("quotes/leave/<int:number>/", quotes.leave, name="leave"),
    path("my/terms/", terms.terms, name="terms"),
    path("my/contacts/", contacts.contacts, name="contacts"),
    path("my/contacts/add/", contacts.add, name="add_contact"),
    path("my/contacts/<int:number>/remove/", contacts.remove, name="remove_contact"),
    path("my/usage/", usage.usage, name="usage"),
    path("my/usage/<int:number>/", usage.download, name="usage_file"),
    path("files/<uuid:uid>/", files.download, name="file"),
    path("files/<uuid:uid>/picture/", files.picture, name="picture"),
]
