"""Who really asks, how much they may send, what a page may do."""

from ipaddress import ip_network

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.middleware import TrustedProxies

NGINX, LOAD_BALANCER, CUSTOMER, STRANGER = "10.0.0.1", "10.0.0.2", "203.0.113.7", "198.51.100.9"


@pytest.fixture
def trusted(settings):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/24")]


def seen(**headers):
    """What the application sees of such a request."""
    request = RequestFactory().get("/", **headers)
    TrustedProxies(lambda _request: HttpResponse())(request)
    return request.META["REMOTE_ADDR"], request.scheme


CHAINS = [
    (NGINX, CUSTOMER, CUSTOMER),
    (NGINX, f"{CUSTOMER}, {LOAD_BALANCER}", CUSTOMER),
    (NGINX, f"{STRANGER}, {CUSTOMER}, {LOAD_BALANCER}", CUSTOMER),
    (NGINX, "unknown", NGINX),
    (NGINX, "", NGINX),
    (STRANGER, CUSTOMER, STRANGER),
]


@pytest.mark.parametrize(("peer", "forwarded_for", "client"), CHAINS)
def test_the_client_is_the_first_stranger_behind_our_own_proxies(trusted, peer, forwarded_for, client):
    assert seen(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded_for)[0] == client


def test_https_is_believed_from_a_trusted_proxy_alone(trusted):
    assert seen(REMOTE_ADDR=NGINX, HTTP_X_FORWARDED_PROTO="https") == (NGINX, "https")
    assert seen(REMOTE_ADDR=STRANGER, HTTP_X_FORWARDED_PROTO="https") == (STRANGER, "http")


def test_without_proxies_nobody_is_believed():
    assert seen(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=CUSTOMER) == ("127.0.0.1", "http")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, settings):
    settings.MAX_REQUEST_BYTES = 2**20

    answer = client.generic("POST", "/healthz", b"x" * (2**20 + 1))

    assert (answer.status_code, answer.content) == (413, b"The request is larger than 1 MB.\n")
    assert client.generic("POST", "/healthz", b"x" * 2**20).status_code == 405


def policy(answer):
    return dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))


def test_pages_run_no_foreign_and_no_inline_script(client):
    assert policy(client.get("/healthz")) == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.django_db
def test_the_console_alone_may_evaluate_expressions(client):
    console = policy(client.get("/admin/"))

    assert console["script-src"] == "'self' 'unsafe-eval'"
    assert console["style-src"] == "'self' 'unsafe-inline'"
    assert console["frame-ancestors"] == "'none'"
