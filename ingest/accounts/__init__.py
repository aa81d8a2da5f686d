"""Accounts: who someone is, what proves it, and for how long."""
