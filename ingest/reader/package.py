"""A workbook's zip package, looked at before anyone parses it: what must not be there, and how big it truly is.

Runs inside the reader's child, with nothing but Python's own library.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib

from ingest.reader.child import Refused

__all__ = ["PARTS", "RATIO", "UNPACKED", "open_package"]

PARTS = 1000
UNPACKED = 150_000_000  # bytes, of all parts together
RATIO = 200  # unpacked to packed, of a part larger than _SMALL
_SMALL = 2_000_000
_CHUNK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FORBIDDEN = re.compile(r"vbaproject|/externallinks/|/embeddings/|/activex/|/macrosheets/", re.IGNORECASE)
_XML = (".xml", ".rels", ".vml")
_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def open_package(raw: bytes) -> zipfile.ZipFile:
    """The package of a workbook that may be parsed. Raises Refused for any other bytes."""
    if raw.startswith(_OLE):
        raise Refused("workbook_encrypted" if _ENCRYPTED in raw else "workbook_legacy")
    if not raw.startswith(b"PK"):
        raise Refused("not_workbook")
    try:
        package = zipfile.ZipFile(io.BytesIO(raw))
        _names(package)
        _sizes(package)
        _contents(package)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise Refused("workbook_damaged") from None
    return package


def _names(package: zipfile.ZipFile) -> None:
    """Refuse names that are many, double, leave the package, or belong to what runs or reaches out."""
    parts = package.infolist()
    if len(parts) > PARTS:
        raise Refused("workbook_parts", count=len(parts), most=PARTS)
    seen = set()
    for part in parts:
        name = part.filename
        link = stat.S_ISLNK(part.external_attr >> 16)
        away = name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name or "\\" in name
        if name.casefold() in seen or away or link:
            raise Refused("workbook_names", found=name)
        seen.add(name.casefold())
        if _FORBIDDEN.search(f"/{name}"):
            raise Refused("workbook_active", found=name)
    if "[content_types].xml" not in seen or "xl/workbook.xml" not in seen:
        raise Refused("not_workbook")


def _sizes(package: zipfile.ZipFile) -> None:
    """Refuse what says itself that it is too big, or packed as no office program packs."""
    parts = package.infolist()
    if any(part.compress_type not in _METHODS or part.flag_bits & 1 for part in parts):
        raise Refused("workbook_damaged")
    lavish = any(p.file_size > _SMALL and p.file_size > RATIO * max(p.compress_size, 1) for p in parts)
    if lavish or sum(part.file_size for part in parts) > UNPACKED:
        raise Refused("workbook_too_large", most=UNPACKED // 1_000_000)


def _contents(package: zipfile.ZipFile) -> None:
    """Unpack every XML part with a counter: a header may lie about the size. Refuse entities and other encodings."""
    total = 0
    for part in package.infolist():
        if not part.filename.lower().endswith(_XML):
            continue
        before = b""
        with package.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > UNPACKED:
                    raise Refused("workbook_too_large", most=UNPACKED // 1_000_000)
                if not before:
                    _encoding(chunk, part.filename)
                if _ENTITY.search(before + chunk):
                    raise Refused("workbook_entities", found=part.filename)
                before = chunk[-32:]


def _encoding(start: bytes, name: str) -> None:
    said = _ENCODING.match(start.removeprefix(b"\xef\xbb\xbf").lstrip())
    other = said is not None and said[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")
    if start.startswith(_MARKS) or b"\x00" in start[:64] or other:
        raise Refused("workbook_entities", found=name)
