"""What proves at the terminal who acts: a token that `zhibiao login` keeps, or a password typed at a prompt."""

from __future__ import annotations

import getpass
import json
import os
import re
import secrets
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ingest.place import Reply

__all__ = ["Proof", "forget", "keep", "kept", "new_password", "prompted", "proved", "typed"]


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """Secrets that go with a request and are never printed. `secret`: password or one-time code; `new`: a password."""

    token: str = ""
    secret: str = ""
    new: str = ""

    @classmethod
    def of(cls, message: object) -> Proof | None:
        """A proof as it came over the socket."""
        if not isinstance(message, Mapping):
            return None
        return cls(**{name: str(message.get(name, "")) for name in ("token", "secret", "new")})

    def message(self) -> Mapping[str, str]:
        return asdict(self)


def proved(reply: Reply, again: Callable[[Proof], Reply], *, prompt: bool = True) -> Reply:
    """The answer once `again` was asked with what proves who acts; `reply` itself where none was wanted.

    Without `prompt` only a kept token is tried.
    """
    if (wanted := _wanted(reply)) is None:
        return reply
    for proof in _proofs(*wanted, prompt=prompt):
        reply = again(proof)
        if _wanted(reply) is None:
            return reply
    return Reply(reply.code, {name: value for name, value in reply.data.items() if name != "prove"})


def _wanted(reply: Reply) -> tuple[str, str] | None:
    """The store and the name for which a reply wants proof."""
    asked = reply.data.get("prove") if isinstance(reply.data, dict) else None
    return (asked["store"], asked["name"]) if asked else None


def _proofs(store: str, name: str, *, prompt: bool) -> Iterator[Proof]:
    if token := kept(store, name):
        yield Proof(token=token)
    if prompt and prompted():
        yield Proof(secret=typed(f"密码 Password of {name}: "))


def prompted() -> bool:
    """Whether somebody sits before this terminal."""
    return sys.stdin.isatty()


def typed(prompt: str) -> str:
    """A secret typed unseen. Raises OSError where nobody can type."""
    if not prompted():
        raise OSError("密码只能在终端里输入。 a password is only typed at a terminal, and this is none")
    return getpass.getpass(prompt)


def new_password() -> str:
    """A new password typed twice. Raises OSError when the two differ."""
    new = typed("新密码 New password: ")
    if typed("再输一次 Once more: ") != new:
        raise OSError("两次输入不同,未作修改。 the two differ: nothing was changed")
    return new


# -- tokens kept in the user's own folder ------------------------------------------------------------------


def _file(store: str) -> Path:
    assert re.fullmatch(r"[0-9a-f]+", store), "a store's id is ours"
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return folder / "zhibiao" / f"{store}.json"


def keep(store: str, name: str, token: str) -> Path:
    """Keep the token of a name for its owner's eyes alone; where."""
    return _write(store, {**_all(store), name: token})


def forget(store: str, name: str) -> None:
    """Keep the token of a name no longer."""
    if name in (known := _all(store)):
        _write(store, {other: token for other, token in known.items() if other != name})


def kept(store: str, name: str) -> str:
    """The token of a name, '' where none is kept. Raises OSError when others may have read it."""
    return _all(store).get(name, "")


def _all(store: str) -> dict[str, str]:
    try:
        descriptor = os.open(_file(store), os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return {}
    with open(descriptor, encoding="utf-8") as file:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise OSError(f"{_file(store)} is open to others: remove it and run zhibiao login again")
        with suppress(ValueError):
            return {str(name): str(token) for name, token in dict(json.load(file)).items()}
    return {}


def _write(store: str, tokens: Mapping[str, str]) -> Path:
    final = _file(store)
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = final.with_name(f".{final.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(tokens, file, ensure_ascii=False)
    partial.rename(final)
    return final
