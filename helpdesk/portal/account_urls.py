"""Signing in and out: of allauth's addresses only those that we mean to have, under the names it uses."""

from allauth.account import views as allauth
from django.urls import path

from helpdesk.portal.views import sign_in

urlpatterns = [
    path("login/", allauth.login, name="account_login"),
    path("login/code/", sign_in.ask_for_code, name="account_request_login_code"),
    path("login/code/confirm/", sign_in.type_code, name="account_confirm_login_code"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
]
