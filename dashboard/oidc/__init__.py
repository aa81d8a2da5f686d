"""Signing in through an identity provider (OpenID Connect), as plain server routes; the session is our own."""

from dashboard.oidc.routes import logout_address, routes

__all__ = ["logout_address", "routes"]
