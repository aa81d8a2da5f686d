"""A provider that says whatever a test has it say. A real one would not."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import anyio
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.oidc.servers import SECRET

Said = dict[str, Any]
PERSON: Said = {"sub": "a1b2", "preferred_username": "wang", "groups": ["staff", "statisticians"]}


def unchanged(said: Said) -> Said:
    return said


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def at_hash(token: str) -> str:
    return _packed(hashlib.sha256(token.encode()).digest()[:16])


@dataclass
class Liar:
    """Honest, until a test changes something."""

    address: str
    key: RSAKey
    person: Said = field(default_factory=lambda: dict(PERSON))
    claims: Callable[[Said], Said] = unchanged  # of the id_token, before it is signed
    metadata: Callable[[Said], Said] = unchanged
    answer: Callable[[Said], Said] = unchanged  # the query that the browser brings back
    userinfo: Said | None = None  # what only the other endpoint says
    signed_by: RSAKey | OctKey | None = None  # instead of the published key
    algorithm: str = "RS256"
    published: list[RSAKey] = field(default_factory=list)  # instead of `key`
    slow: float = 0.0  # seconds before each answer
    broken: bool = False  # answers with an error of the server
    asked: list[str] = field(default_factory=list)  # paths
    tokens: list[str] = field(default_factory=list)  # id_tokens given out
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> Starlette:
        get = ["GET"]
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata, methods=get),
                Route("/keys", self._keys, methods=get),
                Route("/authorize", self._authorize, methods=get),
                Route("/token", self._token, methods=["POST"]),
                Route("/userinfo", self._userinfo, methods=get),
            ]
        )

    async def _late(self, request: Request) -> None:
        self.asked.append(request.url.path)
        await anyio.sleep(self.slow)

    async def _metadata(self, request: Request) -> Response:
        await self._late(request)
        if self.broken:
            return Response("out of order", 500)
        published = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "end_session_endpoint": f"{self.address}/end",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        if self.userinfo is not None:
            published["userinfo_endpoint"] = f"{self.address}/userinfo"
        return JSONResponse(self.metadata(published))

    async def _keys(self, request: Request) -> Response:
        await self._late(request)
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.published or [self.key]]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        back = self.answer({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def _token(self, request: Request) -> Response:
        await self._late(request)
        form = await request.form()
        asked = self._codes.pop(str(form["code"]), None)
        verifier = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        shown = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        fits = (
            asked is not None
            and _packed(verifier) == asked["code_challenge"]
            and form["redirect_uri"] == asked["redirect_uri"]
            and shown == f"zhibiao:{SECRET}"
        )
        if not fits or asked is None:
            return JSONResponse({"error": "invalid_grant", "error_description": "<b>no</b>"}, 400)
        now = int(time.time())
        said = {
            **({"sub": self.person["sub"]} if self.userinfo is not None else self.person),
            "iss": self.address,
            "aud": "zhibiao",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked["nonce"],
            "at_hash": at_hash("an-access-token"),
        }
        self.tokens.append(self._signed(self.claims(said)))
        return JSONResponse({"access_token": "an-access-token", "token_type": "Bearer", "id_token": self.tokens[-1]})

    def _signed(self, said: Said) -> str:
        if self.algorithm == "none":
            parts = ({"alg": "none", "kid": self.key.kid}, said)
            return ".".join([*(_packed(json.dumps(part).encode()) for part in parts), ""])
        key = self.signed_by or self.key
        registry = JWSRegistry(algorithms=[self.algorithm])
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, said, key, registry=registry)

    async def _userinfo(self, request: Request) -> Response:
        await self._late(request)
        assert request.headers["authorization"] == "Bearer an-access-token"
        return JSONResponse(self.userinfo)
