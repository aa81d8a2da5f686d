"""Bytes as they were received, kept under their hash and never parsed; a file's name is a label and never a path."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.submission import Refused
from ingest.words import visible

__all__ = ["Attachment", "hashed", "keep", "kept", "label", "lines_of"]

_MOST = 20  # pieces of evidence with one return
_LONGEST_LABEL = 255


@dataclass(frozen=True, slots=True)
class Attachment:
    """A piece of evidence that comes with a return: any bytes under any name."""

    name: str
    raw: bytes


def hashed(raw: bytes) -> str:
    """The name under which bytes are kept: their SHA-256."""
    return hashlib.sha256(raw).hexdigest()


def label(name: str) -> str:
    """A file's name as it may be shown: one line, without its folders."""
    return visible(name.replace("\\", "/").rpartition("/")[2])[:_LONGEST_LABEL]


def keep(folder: Path, digest: str, raw: bytes) -> None:
    """Keep bytes under their hash; whole or not at all, even if the machine stops."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    final = folder / digest
    if final.exists():
        return
    partial = folder / f".{digest}.{secrets.token_hex(4)}"
    with partial.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(final)


def kept(folder: Path, digest: str) -> bytes:
    """The bytes of a hash. Raises OSError when they are gone or are no longer the same."""
    raw = (folder / digest).read_bytes()
    if hashed(raw) != digest:
        raise OSError(f"the file kept as {digest} has changed: put it back from a backup")
    return raw


def lines_of(attachments: Sequence[Attachment], *, most_bytes: int) -> list[dict[str, Any]]:
    """Evidence as lines of the table `attachment`, without its submission. Raises Refused for too much of it."""
    if len(attachments) > _MOST:
        raise Refused(
            f"佐证材料有 {len(attachments)} 件,最多 {_MOST} 件;请合并后再报送",
            f"{len(attachments)} pieces of evidence, at most {_MOST}: join some and send again",
        )
    lines = []
    for one in attachments:
        name, size = label(one.name), len(one.raw)
        if size > most_bytes:
            most = f"{most_bytes / 1e6:g} MB"
            raise Refused(
                f"佐证材料“{name}”为 {size / 1e6:.1f} MB,超过 {most} 上限;请压缩或拆分",
                f"the evidence “{name}” is {size / 1e6:.1f} MB, over the limit of {most}: make it smaller or split it",
            )
        lines.append({"sha256": hashed(one.raw), "file_name": name, "bytes": size})
    return lines
