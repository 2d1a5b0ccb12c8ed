"""How often a program may ask; counted beside the cache that holds sign-in limits."""

from django.core.cache import caches
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle


class Strangers(AnonRateThrottle):
    """Without a valid token, by address: guessing is slow."""

    cache = caches["rates"]


class Callers(UserRateThrottle):
    """With a token, by account."""

    cache = caches["rates"]
