"""An identity provider (OpenID Connect) as the settings name it, and whom of its people they let in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from ingest.hosts import is_loopback
from ingest.people import Role

__all__ = ["Grant", "Provider", "guarded"]

_Text = Annotated[str, Field(min_length=1, max_length=255)]


def guarded(address: str) -> bool:
    """Whether what goes to `address` cannot be read on the way: https, or http that never leaves this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host) and not parts.username
    return parts.scheme == "http" and is_loopback(host)


class Grant(BaseModel):
    """Whoever's `claim` is `value`, or lists it, has `role`. What no grant names is let in nowhere.

    `name`, only for a grant to one `sub`, says which account theirs is; that account's password then ends.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: _Text
    value: _Text
    role: Role
    organisation: str = ""
    name: str = ""

    @field_validator("role")
    @classmethod
    def _of_an_account(cls, role: Role) -> Role:
        if role is Role.OPERATOR:
            raise ValueError("operator is whoever holds the terminal, and no role to grant")
        return role

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.role is Role.STATISTICIAN and not self.organisation:
            raise ValueError(f"a statistician ({self.claim} = {self.value}) needs an organisation to send for")
        if self.name and self.claim != "sub":
            raise ValueError(f"name = {self.name!r} may be said of one sub only, not of everyone's {self.claim}")
        return self

    def meets(self, claims: Mapping[str, Any]) -> bool:
        """Whether it speaks of whoever these claims speak of."""
        said = claims.get(self.claim)
        return self.value in said if isinstance(said, list) else said == self.value


class Provider(BaseModel):
    """A provider as its operator registered us with it. `grants` are asked in order: the first that meets, holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client_id: _Text
    client_secret: SecretStr | None = None  # none: a public client, proven by PKCE alone
    address: str  # ours, as a browser types it; <address>/login/oidc/callback is what the provider must know
    scopes: tuple[_Text, ...] = ("openid", "profile")
    name_claim: _Text = "preferred_username"  # where it says nothing, `sub`
    grants: tuple[Grant, ...]
    acr: tuple[_Text, ...] = ()  # ways of signing in that are strong enough; none: any
    max_age: Annotated[int, Field(ge=60, le=86_400)] | None = None  # seconds since they last proved themselves
    label: Annotated[str, Field(max_length=40)] = ""  # on the sign-in page

    @field_validator("issuer", "address")
    @classmethod
    def _address(cls, address: str) -> str:
        if not guarded(address):
            raise ValueError(f"{address!r} is not https:// (http:// is taken on 127.0.0.1 and localhost only)")
        if (parts := urlsplit(address)).query or parts.fragment:
            raise ValueError(f"{address!r} has a ? or # part; leave it out")
        return address

    @field_validator("address")
    @classmethod
    def _bare(cls, address: str) -> str:
        if urlsplit(address).path not in ("", "/"):
            raise ValueError(f"{address!r} has a path; name scheme, host and port only")
        return address.rstrip("/")

    @field_validator("client_secret")
    @classmethod
    def _not_blank(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not secret.get_secret_value().strip():
            raise ValueError("is blank; leave it out for a public client, or give ZHIBIAO_OIDC__CLIENT_SECRET")
        return secret

    @field_validator("scopes")
    @classmethod
    def _openid(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in scopes:
            raise ValueError("must have openid among them")
        return scopes

    @field_validator("grants")
    @classmethod
    def _someone(cls, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
        if not grants:
            raise ValueError("lets nobody in; say at least one of claim, value and role")
        return grants

    @property
    def callback(self) -> str:
        """Where the provider sends the browser back to."""
        return f"{self.address}/login/oidc/callback"
