"""The little of the gate that the routes ask for, where it is not there."""

from __future__ import annotations

import sys
from types import ModuleType

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope


class Buckets:
    def __init__(self, burst: float, each_second: float) -> None:
        self.left = burst

    def take(self, key: str) -> float:
        self.left -= 1
        return 0.0 if self.left >= 0 else 1.0


def set_session(response: Response, token: str, scope: Scope | None = None) -> None:
    response.set_cookie("__Host-zhibiao", token, path="/", secure=True, httponly=True, samesite="lax")


def token_of(headers: Headers) -> str:
    parts = [part.strip().partition("=") for part in headers.get("cookie", "").split(";")]
    return next((value for name, _, value in parts if name == "__Host-zhibiao"), "")


def address_of(scope: Scope) -> str:
    return str(scope["client"][0])


def neighbourhood(address: str) -> str:
    return address


def local(address: str) -> str:
    return address if address.startswith("/") and address[1:2] not in ("/", "\\") else "/"


gate = ModuleType("dashboard.gate")
for name, parts in {
    "cookies": [set_session, token_of],
    "limits": [Buckets, address_of, neighbourhood],
    "refusals": [local],
}.items():
    module = ModuleType(f"dashboard.gate.{name}")
    for part in parts:
        setattr(module, part.__name__, part)
    setattr(gate, name, module)
    sys.modules[module.__name__] = module
sys.modules[gate.__name__] = gate
