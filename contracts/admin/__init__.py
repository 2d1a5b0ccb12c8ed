"""Customers, what they bought, and who may sign in; importing these pages registers them."""

from contracts.admin import accounts, agreements, customers, ledger, plans, services

__all__ = ["accounts", "agreements", "customers", "ledger", "plans", "services"]
