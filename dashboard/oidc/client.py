"""Speaking with the provider: where it is, what it says of someone, and whether that holds.

Authorization code with PKCE (RFC 6749, RFC 7636) by Authlib; the signature of the id_token by joserfc, which Authlib
itself hands that to; its claims as OpenID Connect Core 1.0 §3.1.3.7 has them checked.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from dashboard.oidc.journeys import Journey
from ingest.accounts.provider import Provider, guarded

__all__ = ["Client", "Unproven", "Unreachable"]

T = TypeVar("T")

_SECONDS = 5.0  # for one answer of the provider
_FRESH = 3600.0  # seconds that its metadata and keys are kept
_LEEWAY = 30  # seconds that two clocks may differ
_LONGEST = 100_000  # characters of an answer
# by a key that the provider alone has: neither `none` nor one made from the client secret
_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")


class Unreachable(Exception):
    """The provider does not answer, or not as one; `what` step it was."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Unproven(Exception):
    """What the provider said does not hold; `what` claim or step it was, in a word of ours."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Metadata(BaseModel):
    """What a provider publishes of itself (OpenID Connect Discovery 1.0 §3, RFC 9207 §3)."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    authorization_response_iss_parameter_supported: bool = False

    @field_validator(
        "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"
    )
    @classmethod
    def _guarded(cls, address: str | None) -> str | None:
        if address is not None and not guarded(address):
            raise ValueError("is not https")
        return address


@dataclass(frozen=True, slots=True)
class _Kept:
    metadata: Metadata
    keys: KeySet
    at: float


class Client:
    """We, as this provider knows us."""

    def __init__(self, provider: Provider, *, now: Callable[[], float] = time.monotonic) -> None:
        self._provider, self._now = provider, now
        self._kept: _Kept | None = None

    # -- there ---------------------------------------------------------------------------------------------

    async def departure(self, journey: Journey) -> str:
        """Where to send the browser. Raises Unreachable."""
        metadata = (await self._known()).metadata
        asked = {"nonce": journey.nonce, "redirect_uri": self._provider.callback}
        if self._provider.acr:
            asked["acr_values"] = " ".join(self._provider.acr)
        if self._provider.max_age is not None:
            asked["max_age"] = str(self._provider.max_age)
        return str(
            prepare_grant_uri(
                metadata.authorization_endpoint,
                client_id=self._provider.client_id,
                response_type="code",
                scope=" ".join(self._provider.scopes),
                state=journey.state,
                code_challenge=create_s256_code_challenge(journey.verifier),
                code_challenge_method="S256",
                **asked,
            )
        )

    # -- and back ------------------------------------------------------------------------------------------

    def demand_issuer(self, said: str | None) -> None:
        """Raise Unproven unless the answer names the provider we sent them to, where it has to (RFC 9207)."""
        promised = self._kept is not None and self._kept.metadata.authorization_response_iss_parameter_supported
        if said != self._provider.issuer and (said is not None or promised):
            raise Unproven("iss")

    async def arrival(self, journey: Journey, code: str) -> dict[str, Any]:
        """The claims of whoever came back with this code, proven. Raises Unreachable or Unproven."""
        kept = await self._known()
        token = await self._exchanged(kept.metadata, journey, code)
        text, access = token.get("id_token"), token.get("access_token")
        if not isinstance(text, str) or not isinstance(access, str) or len(text) > _LONGEST:
            raise Unproven("id_token")
        claims = _held(await self._signed(kept, text), self._provider, nonce=journey.nonce, access_token=access)
        wanted = {self._provider.name_claim, *(grant.claim for grant in self._provider.grants)}
        if wanted <= claims.keys() or kept.metadata.userinfo_endpoint is None:
            return claims
        more = await self._told(kept.metadata.userinfo_endpoint, access)
        if more.get("sub") != claims["sub"]:  # §5.3.2
            raise Unproven("userinfo")
        return {**more, **claims}

    async def _exchanged(self, metadata: Metadata, journey: Journey, code: str) -> Mapping[str, Any]:
        async def ask() -> Mapping[str, Any]:
            async with await self._session(metadata) as session:
                found: Mapping[str, Any] = await session.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=journey.verifier,
                    redirect_uri=self._provider.callback,
                )
                return found

        try:
            return await _in_time("token", ask())
        except (OAuthError, KeyError, TypeError, ValueError, AttributeError):  # its own words are not repeated
            raise Unproven("code") from None

    async def _session(self, metadata: Metadata) -> Any:
        secret = self._provider.client_secret
        basic = "client_secret_basic" in metadata.token_endpoint_auth_methods_supported
        method = "client_secret_basic" if basic else "client_secret_post"
        return AsyncOAuth2Client(
            client_id=self._provider.client_id,
            client_secret=secret.get_secret_value() if secret else None,
            token_endpoint_auth_method=method if secret else "none",
            timeout=_SECONDS,
            verify=await asyncio.to_thread(_trust),
        )

    async def _signed(self, kept: _Kept, text: str) -> jwt.Token:
        try:
            return _read(kept, text)
        except InvalidKeyIdError:  # its keys may have changed since we read them
            kept = await self._known(anew=True)
        try:
            return _read(kept, text)
        except InvalidKeyIdError:
            raise Unproven("signature") from None

    async def _told(self, address: str, access_token: str) -> Mapping[str, Any]:
        try:
            found = await _in_time("userinfo", _fetched(address, {"Authorization": f"Bearer {access_token}"}))
        except ValueError:  # signed, as we have not asked for
            raise Unproven("userinfo") from None
        if not isinstance(found, dict):
            raise Unproven("userinfo")
        return found

    # -- what it publishes ---------------------------------------------------------------------------------

    async def _known(self, *, anew: bool = False) -> _Kept:
        if not anew and self._kept is not None and self._now() - self._kept.at < _FRESH:
            return self._kept
        address = f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            metadata = Metadata.model_validate(await _in_time("metadata", _fetched(address)))
            if metadata.issuer != self._provider.issuer:  # Discovery §4.3
                raise Unreachable("issuer")
            keys = KeySet.import_key_set(await _in_time("keys", _fetched(metadata.jwks_uri)))
        except (ValidationError, JoseError, KeyError, TypeError, ValueError):
            raise Unreachable("metadata") from None
        self._kept = _Kept(metadata, keys, self._now())
        return self._kept

    def farewell(self) -> str | None:
        """Where the browser may sign out of the provider too, as far as is known without asking it."""
        end = self._kept.metadata.end_session_endpoint if self._kept else None
        if end is None:
            return None
        asked = {"client_id": self._provider.client_id, "post_logout_redirect_uri": f"{self._provider.address}/login"}
        return f"{end}{'&' if urlsplit(end).query else '?'}{urlencode(asked)}"


async def _in_time(what: str, answer: Awaitable[T]) -> T:
    """`answer`, if the provider gives one soon. Raises Unreachable."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await answer
    except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, UnicodeError):
        raise Unreachable(what) from None


@cache
def _trust() -> ssl.SSLContext:
    """The authorities that this machine trusts; read once, for it takes a tenth of a second."""
    return httpx2.create_ssl_context()


async def _fetched(address: str, headers: Mapping[str, str] | None = None) -> Any:
    async with httpx2.AsyncClient(timeout=_SECONDS, verify=await asyncio.to_thread(_trust)) as client:
        answer = await client.get(address, headers={"Accept": "application/json", **(headers or {})})
    answer.raise_for_status()
    return answer.json()


def _read(kept: _Kept, text: str) -> jwt.Token:
    """The id_token, its signature verified. Raises InvalidKeyIdError for a key not known yet."""
    offered = kept.metadata.id_token_signing_alg_values_supported
    registry = JWSRegistry(algorithms=[name for name in _SIGNED if name in offered], strict_check_header=False)
    try:
        return jwt.decode(text, kept.keys, registry=registry)
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise Unproven("signature") from None


def _held(token: jwt.Token, provider: Provider, *, nonce: str, access_token: str) -> dict[str, Any]:
    """The claims of an id_token, if it was made for us, by this provider, now, for this journey. Raises Unproven."""
    ours = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    params = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
    claims = CodeIDToken(token.claims, token.header, ours, params | {"max_age": provider.max_age})
    try:
        claims.validate(leeway=_LEEWAY)
    except ClaimError as error:
        raise Unproven(error.claim) from None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise Unproven("id_token") from None
    subject = claims["sub"]
    if claims["aud"] not in (provider.client_id, [provider.client_id]):  # nor for anyone else besides
        raise Unproven("aud")
    if not (0 < len(subject) <= 255 and subject.isascii() and subject.isprintable()):  # §2
        raise Unproven("sub")
    if provider.acr and claims.get("acr") not in provider.acr:
        raise Unproven("acr")
    if provider.max_age is not None and time.time() - claims["auth_time"] > provider.max_age + _LEEWAY:
        raise Unproven("auth_time")
    return dict(claims)
