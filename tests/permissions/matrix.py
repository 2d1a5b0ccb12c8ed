"""Who gets what at which address: every address, by method, for everybody who may knock.

An address with an argument names what is Bruno's: his ticket, its files, the mails about it. Ana manages his
organisation, Chloé another one. Rui is an agent and Vera an admin of the desk, each with that role alone.

`login` means sent to sign in. A POST that is answered by 302 is done, or refused with a word on the next
page; by 200, its form came back, or the page listens to no POST.
"""

from typing import Final

PRINCIPALS: Final = ("nobody", "bruno", "ana", "chloe", "rui", "vera")

PAGES: Final = """
method  nobody bruno  ana    chloe  rui    vera   address

# The operator
GET     200    200    200    200    200    200    /healthz
POST    405    405    405    405    405    405    /healthz
GET     503    503    503    503    503    503    /readyz
POST    405    405    405    405    405    405    /readyz

# The console
GET     login  login  login  login  200    200    /admin/search/
POST    login  login  login  login  200    200    /admin/search/
GET     login  login  login  login  200    200    /admin/
POST    login  login  login  login  200    200    /admin/
GET     login  403    403    403    302    302    /admin/login/
POST    login  403    403    403    302    302    /admin/login/
GET     302    302    302    302    405    405    /admin/logout/
POST    302    302    302    302    302    302    /admin/logout/
GET     login  login  login  login  200    200    /admin/password_change/
POST    login  login  login  login  200    200    /admin/password_change/
GET     login  login  login  login  200    200    /admin/password_change/done/
POST    login  login  login  login  405    405    /admin/password_change/done/
GET     login  login  login  login  200    200    /admin/autocomplete/
POST    login  login  login  login  405    405    /admin/autocomplete/
GET     login  login  login  login  200    200    /admin/jsi18n/
POST    login  login  login  login  405    405    /admin/jsi18n/
GET     login  login  login  login  404    404    /admin/r/<path:content_type_id>/<path:object_id>/
POST    login  login  login  login  404    404    /admin/r/<path:content_type_id>/<path:object_id>/
GET     login  login  login  login  200    200    /admin/channels_inbound/inboundmessage/<int:number>/raw/
POST    login  login  login  login  405    405    /admin/channels_inbound/inboundmessage/<int:number>/raw/
GET     login  login  login  login  405    405    /admin/channels_inbound/inboundmessage/<int:number>/retry/
POST    login  login  login  login  403    302    /admin/channels_inbound/inboundmessage/<int:number>/retry/
GET     login  login  login  login  405    405    /admin/channels_inbound/inboundmessage/<int:number>/discard/
POST    login  login  login  login  403    302    /admin/channels_inbound/inboundmessage/<int:number>/discard/
GET     login  login  login  login  200    200    /admin/helpdesk/outboundmessage/body/<uuid:uid>/
POST    login  login  login  login  405    405    /admin/helpdesk/outboundmessage/body/<uuid:uid>/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/reply/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/reply/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/note/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/note/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/take_back/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/take_back/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/assign/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/assign/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/priority/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/priority/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/status/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/status/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/due/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/due/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/promise/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/promise/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/excuse/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/excuse/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/excuse_decide/
POST    login  login  login  login  403    302    /admin/helpdesk/ticket/<int:number>/excuse_decide/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/correct/
POST    login  login  login  login  403    302    /admin/helpdesk/ticket/<int:number>/correct/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/retarget/
POST    login  login  login  login  403    302    /admin/helpdesk/ticket/<int:number>/retarget/
GET     login  login  login  login  200    200    /admin/helpdesk/ticket/<int:number>/clocks/
POST    login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/clocks/
GET     login  login  login  login  200    200    /admin/helpdesk/ticket/<int:number>/merge/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/merge/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/reclassify/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/reclassify/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/undo_technical/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/undo_technical/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/appeal_decide/
POST    login  login  login  login  403    302    /admin/helpdesk/ticket/<int:number>/appeal_decide/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/convert/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/convert/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/validate/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/validate/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/minutes/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/minutes/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/take_up/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/take_up/
GET     login  login  login  login  200    200    /admin/helpdesk/ticket/<int:number>/technical/
POST    login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/technical/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/split/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/split/
GET     login  login  login  login  404    200    /admin/contracts/contract/import/
POST    login  login  login  login  404    422    /admin/contracts/contract/import/
GET     login  login  login  login  200    200    /admin/contracts/contract/export/<slug:kind>/
POST    login  login  login  login  405    405    /admin/contracts/contract/export/<slug:kind>/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/send/
POST    login  login  login  login  302    302    /admin/contracts/quote/<int:number>/send/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/revise/
POST    login  login  login  login  302    302    /admin/contracts/quote/<int:number>/revise/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/withdraw/
POST    login  login  login  login  302    302    /admin/contracts/quote/<int:number>/withdraw/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/begin/
POST    login  login  login  login  302    302    /admin/contracts/quote/<int:number>/begin/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/log/
POST    login  login  login  login  302    302    /admin/contracts/quote/<int:number>/log/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/finish/
POST    login  login  login  login  302    302    /admin/contracts/quote/<int:number>/finish/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/ask_leave/
POST    login  login  login  login  302    302    /admin/contracts/quote/<int:number>/ask_leave/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/compare/
POST    login  login  login  login  302    302    /admin/contracts/quote/<int:number>/compare/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/write/
POST    login  login  login  login  409    409    /admin/contracts/quote/<int:number>/write/
GET     login  login  login  login  405    405    /admin/contracts/quote/<int:number>/decide_restore/
POST    login  login  login  login  403    302    /admin/contracts/quote/<int:number>/decide_restore/
GET     login  login  login  login  200    200    /admin/contracts/quote/<int:number>/document/
POST    login  login  login  login  405    405    /admin/contracts/quote/<int:number>/document/
GET     login  login  login  login  200    200    /admin/helpdesk/ticket/usage/<int:number>/
POST    login  login  login  login  405    405    /admin/helpdesk/ticket/usage/<int:number>/
GET     login  login  login  login  200    200    /admin/helpdesk/ticket/usage/<int:number>/<int:period>/
POST    login  login  login  login  405    405    /admin/helpdesk/ticket/usage/<int:number>/<int:period>/
GET     login  login  login  login  200    200    /admin/helpdesk/ticket/by_hand/
POST    login  login  login  login  405    405    /admin/helpdesk/ticket/by_hand/
GET     login  login  login  login  405    405    /admin/sla/backlogperiod/<path:object_id>/end/
POST    login  login  login  login  403    302    /admin/sla/backlogperiod/<path:object_id>/end/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/spam/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/spam/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/link/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/link/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/tag/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/tag/
GET     login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/untag/
POST    login  login  login  login  302    302    /admin/helpdesk/ticket/<int:number>/untag/
GET     login  login  login  login  200    200    /admin/helpdesk/ticket/<int:number>/explain/
POST    login  login  login  login  405    405    /admin/helpdesk/ticket/<int:number>/explain/
GET     login  login  login  login  200    200    /admin/helpdesk/ticket/body/<uuid:uid>/
POST    login  login  login  login  405    405    /admin/helpdesk/ticket/body/<uuid:uid>/
GET     login  login  login  login  200    200    /admin/helpdesk/ticket/file/<uuid:uid>/
POST    login  login  login  login  405    405    /admin/helpdesk/ticket/file/<uuid:uid>/
GET     login  login  login  login  404    200    /admin/sla/calendar/<path:object_id>/copy/
POST    login  login  login  login  404    302    /admin/sla/calendar/<path:object_id>/copy/
GET     login  login  login  login  404    200    /admin/sla/policyversion/<path:object_id>/publish/
POST    login  login  login  login  404    302    /admin/sla/policyversion/<path:object_id>/publish/
GET     login  login  login  login  404    404    /admin/contracts/planversion/<path:object_id>/publish/
GET     login  login  login  login  404    404    /admin/contracts/contractversion/<path:object_id>/publish/
GET     login  login  login  login  404    200    /admin/contracts/contract/<path:object_id>/give/
POST    login  login  login  login  404    404    /admin/contracts/planversion/<path:object_id>/publish/
POST    login  login  login  login  404    404    /admin/contracts/contractversion/<path:object_id>/publish/
POST    login  login  login  login  404    200    /admin/contracts/contract/<path:object_id>/give/
GET     login  login  login  login  404    200    /admin/contracts/contract/<path:object_id>/entitlements/
POST    login  login  login  login  404    422    /admin/contracts/contract/<path:object_id>/entitlements/
GET     login  login  login  login  200    200    /admin/contracts/contract/<path:object_id>/as-of/
POST    login  login  login  login  405    405    /admin/contracts/contract/<path:object_id>/as-of/
GET     login  login  login  login  404    200    /admin/contracts/contract/<path:object_id>/contacts/
POST    login  login  login  login  404    200    /admin/contracts/contract/<path:object_id>/contacts/
GET     login  login  login  login  200    200    /admin/sla/policyversion/<int:number>/moves/
POST    login  login  login  login  405    405    /admin/sla/policyversion/<int:number>/moves/
GET     login  login  login  login  200    200    /admin/simulator/
POST    login  login  login  login  405    405    /admin/simulator/
GET     login  login  login  login  200    200    /admin/<app_label>/
POST    login  login  login  login  200    200    /admin/<app_label>/
GET     login  login  login  login  404    404    /admin/<url>
POST    login  login  login  login  404    404    /admin/<url>

# Signing in and out
GET     200    302    302    302    302    302    /accounts/login/
POST    200    302    302    302    302    302    /accounts/login/
GET     200    302    302    302    302    302    /accounts/login/code/
POST    302    302    302    302    302    302    /accounts/login/code/
GET     login  302    302    302    302    302    /accounts/login/code/confirm/
POST    login  302    302    302    302    302    /accounts/login/code/confirm/
GET     302    200    200    200    200    200    /accounts/logout/
POST    302    302    302    302    302    302    /accounts/logout/
GET     200    200    200    200    200    200    /accounts/inactive/
POST    405    405    405    405    405    405    /accounts/inactive/

# Where other systems hand over messages
GET     405    405    405    405    405    405    /anymail/postmark/inbound/
POST    400    400    400    400    400    400    /anymail/postmark/inbound/
GET     405    405    405    405    405    405    /hooks/whatsapp/twilio/
POST    403    403    403    403    403    403    /hooks/whatsapp/twilio/
GET     405    405    405    405    405    405    /hooks/whatsapp/twilio/status/
POST    403    403    403    403    403    403    /hooks/whatsapp/twilio/status/

# Programs
GET     200    200    200    200    200    200    /api/v1/schema/
POST    405    405    405    405    405    405    /api/v1/schema/
PUT     405    405    405    405    405    405    /api/v1/schema/
PATCH   405    405    405    405    405    405    /api/v1/schema/
DELETE  405    405    405    405    405    405    /api/v1/schema/
GET     401    200    200    200    403    403    /api/v1/tickets/
POST    401    201    201    201    403    403    /api/v1/tickets/
PUT     401    405    405    405    403    403    /api/v1/tickets/
PATCH   401    405    405    405    403    403    /api/v1/tickets/
DELETE  401    405    405    405    403    403    /api/v1/tickets/
GET     401    200    200    404    403    403    /api/v1/tickets/<int:number>/
POST    401    405    405    405    403    403    /api/v1/tickets/<int:number>/
PUT     401    405    405    405    403    403    /api/v1/tickets/<int:number>/
PATCH   401    405    405    405    403    403    /api/v1/tickets/<int:number>/
DELETE  401    405    405    405    403    403    /api/v1/tickets/<int:number>/
GET     401    405    405    405    403    403    /api/v1/tickets/<int:number>/messages/
POST    401    201    201    404    403    403    /api/v1/tickets/<int:number>/messages/
PUT     401    405    405    405    403    403    /api/v1/tickets/<int:number>/messages/
PATCH   401    405    405    405    403    403    /api/v1/tickets/<int:number>/messages/
DELETE  401    405    405    405    403    403    /api/v1/tickets/<int:number>/messages/

GET     401    403    403    403    405    405    /api/v1/billing/quotes/<uuid:uid>/
POST    401    403    403    403    404    404    /api/v1/billing/quotes/<uuid:uid>/
PUT     401    403    403    403    405    405    /api/v1/billing/quotes/<uuid:uid>/
PATCH   401    403    403    403    405    405    /api/v1/billing/quotes/<uuid:uid>/
DELETE  401    403    403    403    405    405    /api/v1/billing/quotes/<uuid:uid>/

# The demonstration
GET     200    200    200    200    200    200    /demo/write/
POST    302    302    302    302    302    302    /demo/write/

# The portal
GET     200    302    302    302    200    200    /
POST    405    405    405    405    405    405    /
GET     200    200    200    200    200    200    /support-policy/
POST    405    405    405    405    405    405    /support-policy/
GET     200    200    200    200    200    200    /support-policy.json
POST    405    405    405    405    405    405    /support-policy.json
GET     200    200    200    200    200    200    /support-policy/versions/<int:number>/
POST    405    405    405    405    405    405    /support-policy/versions/<int:number>/
GET     404    404    404    404    404    404    /support-policy/versions/<int:number>/changes/
POST    405    405    405    405    405    405    /support-policy/versions/<int:number>/changes/
GET     200    200    200    200    200    200    /support-policy/versions/<int:number>.json
POST    405    405    405    405    405    405    /support-policy/versions/<int:number>.json
GET     405    405    405    405    405    405    /language/
POST    302    302    302    302    302    302    /language/
GET     login  200    200    200    403    403    /profile/
POST    login  302    302    302    403    403    /profile/
GET     login  200    200    200    403    403    /tickets/
POST    405    405    405    405    405    405    /tickets/
GET     login  200    200    200    403    403    /tickets/new/
POST    login  302    302    302    403    403    /tickets/new/
GET     login  200    200    404    403    403    /tickets/<int:number>/
POST    405    405    405    405    405    405    /tickets/<int:number>/
GET     login  200    200    404    403    403    /tickets/<int:number>/why/
POST    405    405    405    405    405    405    /tickets/<int:number>/why/
GET     login  200    200    404    403    403    /tickets/<int:number>/conversation/
POST    405    405    405    405    405    405    /tickets/<int:number>/conversation/
GET     405    405    405    405    405    405    /tickets/<int:number>/reply/
POST    login  302    302    404    403    403    /tickets/<int:number>/reply/
GET     405    405    405    405    405    405    /tickets/<int:number>/solve/
POST    login  302    302    404    403    403    /tickets/<int:number>/solve/
GET     405    405    405    405    405    405    /tickets/<int:number>/decide/
POST    login  302    302    404    403    403    /tickets/<int:number>/decide/
GET     login  200    200    200    403    403    /my/terms/
POST    405    405    405    405    405    405    /my/terms/
GET     login  404    200    200    403    403    /my/contacts/
POST    405    405    405    405    405    405    /my/contacts/
GET     405    405    405    405    405    405    /my/contacts/add/
POST    login  404    422    422    403    403    /my/contacts/add/
GET     405    405    405    405    405    405    /my/contacts/<int:number>/remove/
POST    login  404    302    404    403    403    /my/contacts/<int:number>/remove/
GET     login  404    200    200    403    403    /my/usage/
POST    405    405    405    405    405    405    /my/usage/
GET     login  404    200    404    403    403    /my/usage/<int:number>/
POST    405    405    405    405    405    405    /my/usage/<int:number>/
GET     405    405    405    405    405    405    /tickets/<int:number>/appeal/
POST    login  302    302    404    403    403    /tickets/<int:number>/appeal/
GET     login  200    200    200    403    403    /quotes/
POST    405    405    405    405    405    405    /quotes/
GET     login  200    200    404    403    403    /quotes/<int:number>/
POST    405    405    405    405    405    405    /quotes/<int:number>/
GET     login  200    200    404    403    403    /quotes/<int:number>/document/
POST    405    405    405    405    405    405    /quotes/<int:number>/document/
GET     405    405    405    405    405    405    /quotes/<int:number>/accept/
POST    login  302    302    404    403    403    /quotes/<int:number>/accept/
GET     405    405    405    405    405    405    /quotes/<int:number>/decline/
POST    login  302    302    404    403    403    /quotes/<int:number>/decline/
GET     405    405    405    405    405    405    /quotes/leave/<int:number>/
POST    login  302    302    404    403    403    /quotes/leave/<int:number>/
GET     login  200    200    404    403    403    /files/<uuid:uid>/
POST    405    405    405    405    405    405    /files/<uuid:uid>/
GET     login  200    200    404    403    403    /files/<uuid:uid>/picture/
POST    405    405    405    405    405    405    /files/<uuid:uid>/picture/
"""

MODELS: Final = """
model                           who   list     add      history  delete   change   bare
channels_inbound.inboundmessage rui   200/200  403/403  200/200  403/403  200/405  302/302
channels_inbound.inboundmessage vera  200/200  403/403  200/200  403/403  200/405  302/302
helpdesk.team                   rui   200/200  403/403  200/200  403/403  200/403  302/302
helpdesk.team                   vera  200/200  200/200  200/200  200/200  200/200  302/302
helpdesk.oncallshift            rui   200/200  403/403  200/200  403/403  200/403  302/302
helpdesk.oncallshift            vera  200/200  200/200  200/200  200/200  200/200  302/302
helpdesk.tag                    rui   200/200  403/403  200/200  403/403  200/403  302/302
helpdesk.tag                    vera  200/200  200/200  200/200  200/200  200/200  302/302
helpdesk.webhook                rui   200/200  403/403  200/200  403/403  200/403  302/302
helpdesk.webhook                vera  200/200  200/200  200/200  403/403  200/200  302/302
helpdesk.requesttype            rui   200/200  403/403  200/200  403/403  200/403  302/302
helpdesk.requesttype            vera  200/200  200/200  200/200  403/403  200/200  302/302
helpdesk.outboundmessage        rui   200/200  403/403  200/200  403/403  200/405  302/302
helpdesk.outboundmessage        vera  200/200  403/403  200/200  403/403  200/405  302/302
helpdesk.ticket                 rui   200/200  403/403  200/405  403/403  200/405  302/302
helpdesk.ticket                 vera  200/200  403/403  200/405  403/403  200/405  302/302
auth.group                      rui   200/200  403/403  200/200  403/403  200/403  302/302
auth.group                      vera  200/200  403/403  200/200  403/403  200/403  302/302
contracts.account               rui   200/200  403/403  200/200  403/403  200/403  302/302
contracts.account               vera  200/200  200/200  200/200  403/403  200/200  302/302
contracts.contract              rui   200/200  403/403  200/200  403/403  200/403  302/302
contracts.contract              vera  200/200  200/200  200/200  403/403  200/200  302/302
contracts.organisation          rui   200/200  403/403  200/200  403/403  200/403  302/302
contracts.organisation          vera  200/200  200/200  200/200  403/403  200/200  302/302
contracts.person                rui   200/200  200/200  200/200  403/403  200/200  302/302
contracts.person                vera  200/200  200/200  200/200  403/403  200/200  302/302
contracts.allotment             rui   200/200  403/403  200/200  403/403  200/403  302/302
contracts.allotment             vera  200/200  403/403  200/200  403/403  200/403  302/302
contracts.quote                 rui   200/200  403/403  200/200  403/403  200/405  302/302
contracts.quote                 vera  200/200  403/403  200/200  403/403  200/405  302/302
contracts.servicecategory       rui   200/200  403/403  200/200  403/403  200/403  302/302
contracts.servicecategory       vera  200/200  200/200  200/200  200/200  200/200  302/302
contracts.charge                rui   200/200  403/403  200/200  403/403  200/403  302/302
contracts.charge                vera  200/200  403/403  200/200  403/403  200/403  302/302
contracts.plan                  rui   200/200  403/403  200/200  403/403  200/403  302/302
contracts.plan                  vera  200/200  200/200  200/200  200/200  200/200  302/302
contracts.contractversion       rui   200/200  403/403  200/200  403/403  200/403  302/302
contracts.contractversion       vera  200/200  200/200  200/200  403/403  200/403  302/302
contracts.planversion           rui   200/200  403/403  200/200  403/403  200/403  302/302
contracts.planversion           vera  200/200  200/200  200/200  403/403  200/403  302/302
sla.calendar                    rui   200/200  403/403  200/200  403/403  200/403  302/302
sla.calendar                    vera  200/200  200/200  200/200  403/403  200/200  302/302
sla.calendarversion             rui   200/200  403/403  200/200  403/403  200/403  302/302
sla.calendarversion             vera  200/200  200/200  200/200  403/403  200/403  302/302
sla.clockevent                  rui   200/200  403/403  200/200  403/403  200/403  302/302
sla.clockevent                  vera  200/200  403/403  200/200  403/403  200/403  302/302
sla.backlogperiod               rui   200/200  403/403  200/200  403/403  200/403  302/302
sla.backlogperiod               vera  200/200  200/200  200/200  403/403  200/403  302/302
sla.priority                    rui   200/200  403/403  200/200  403/403  200/403  302/302
sla.priority                    vera  200/200  200/200  200/200  403/403  200/200  302/302
sla.policy                      rui   200/200  403/403  200/200  403/403  200/403  302/302
sla.policy                      vera  200/200  200/200  200/200  403/403  200/200  302/302
sla.policyversion               rui   200/200  403/403  200/200  403/403  200/403  302/302
sla.policyversion               vera  200/200  200/200  200/200  403/403  200/403  302/302
"""
"""The console's pages of each model, GET/POST, for those at the desk; everybody else is sent to sign in."""

KINDS: Final = {
    "list": "",
    "add": "add/",
    "history": "<path:object_id>/history/",
    "delete": "<path:object_id>/delete/",
    "change": "<path:object_id>/change/",
    "bare": "<path:object_id>/",
}

Matrix = dict[tuple[str, str], dict[str, str]]
"""By address and method, what each one gets."""


def matrix() -> Matrix:
    """Both tables as one."""
    return _pages() | _models()


def _lines(table: str) -> list[list[str]]:
    """The cells of each line, without the head, comments and empty lines."""
    lines = [line.split() for line in table.splitlines() if line and not line.startswith("#")]
    return lines[1:]


def _pages() -> Matrix:
    return {
        (address, method): dict(zip(PRINCIPALS, outcomes, strict=True))
        for method, *outcomes, address in _lines(PAGES)
    }


def _models() -> Matrix:
    found: Matrix = {}
    for model, who, *cells in _lines(MODELS):
        for kind, cell in zip(KINDS.values(), cells, strict=True):
            address = f"/admin/{model.replace('.', '/')}/{kind}"
            for method, outcome in zip(("GET", "POST"), cell.split("/"), strict=True):
                row = found.setdefault((address, method), dict.fromkeys(PRINCIPALS[:4], "login"))
                row[who] = outcome
    return found
