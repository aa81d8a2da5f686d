"""Passwords: how one is kept, compared, and which new ones are taken."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

__all__ = ["LONGEST", "SHORTEST", "Weak", "demand_strong", "hashed", "is_outgrown", "matches"]

SHORTEST = 12  # characters of a new password
LONGEST = 1024  # bytes of any password, as UTF-8

# argon2id with twice the work of OWASP's minimum (m = 46 MiB, t = 1, p = 1)
_HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)  # hashes: each takes 46 MiB and a core
_GUESSED = 72  # characters that are looked at for being easy to guess
_SAFE = 4  # of zxcvbn's 0 to 4: more than 10^10 guesses
_PRODUCT = ("zhibiao", "指标", "admin", "password", "密码", "密码")


class Weak(Exception):
    """A new password that is not taken; the message says why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def hashed(password: str) -> str:
    """The argon2id hash of a password, its parameters and salt within. Exact: no character is changed or left out."""
    raw = _bytes(password)
    assert raw is not None, "whoever hashes has asked `demand_strong` first"
    with _AT_ONCE:
        return _HASHER.hash(raw)


def matches(password: str, known: str | None) -> bool:
    """Whether a password is the one of the hash `known`; with None it takes the same time and is not."""
    raw = _bytes(password)
    if raw is None:  # refused before anything is hashed, whoever it is
        return False
    against = known or _nobodys()
    with _AT_ONCE:
        try:
            return _HASHER.verify(against, raw) and known is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outgrown(known: str) -> bool:
    """Whether a hash was made with less work than today's."""
    return _HASHER.check_needs_rehash(known)


def demand_strong(password: str, *, name: str) -> None:
    """Raise Weak unless `password` may become that of `name`: long enough, and not among what is guessed first.

    It need not contain any kind of character.
    """
    if len(password) < SHORTEST:
        raise Weak(
            f"密码至少 {SHORTEST} 个字符,可以是一句话",
            f"a password has at least {SHORTEST} characters; a sentence will do",
        )
    if _bytes(password) is None:
        raise Weak(
            f"密码最多 {LONGEST} 字节,且不能含有空字符",
            f"a password has at most {LONGEST} bytes, and none that no keyboard types",
        )
    judged = zxcvbn(password[:_GUESSED], user_inputs=[name, *_PRODUCT])
    if judged["score"] < _SAFE:
        raise Weak(
            "这个密码容易被猜到(常用密码、姓名、生日、键盘顺序或重复);请换成几个不相干的词连成的一句话",
            "this password is easily guessed (a common one, a name, a date, a row of keys or a repetition): "
            "take a sentence of several unrelated words",
        )


def _bytes(password: str) -> bytes | None:
    """A password as it is hashed; None for one that cannot be any account's."""
    try:
        raw = password[: LONGEST + 1].encode("utf-8")
    except UnicodeEncodeError:  # half a character
        return None
    return raw if 0 < len(raw) <= LONGEST and b"\0" not in raw else None


@cache
def _nobodys() -> str:
    """A hash that no password is compared with in earnest."""
    with _AT_ONCE:
        return _HASHER.hash("nobody's")
