"""Small workbooks: good ones as an office program writes them, and hostile ones put together part by part."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

HEADER = ["地区", "指标", "报告期", "数值"]
ROW = ["成都市", "人均预期寿命", "2021", 81.76]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Rows = Iterable[Sequence[Any]]


def book(
    rows: Rows = (HEADER, ROW),
    adjust: Callable[[Worksheet], None] | None = None,
    *,
    hidden: Sequence[str] = (),
    **more: Rows,
) -> bytes:
    """A workbook whose first sheet has `rows`, changed by `adjust`; `more`: further sheets by name."""
    made = Workbook()
    first = made.active
    assert isinstance(first, Worksheet)
    for sheet, lines in ((first, rows), *((made.create_sheet(name), lines) for name, lines in more.items())):
        for line in lines:
            sheet.append(list(line))
    for name in hidden:
        made[name].sheet_state = "hidden"
    if adjust:
        adjust(first)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def long_form(*rows: Sequence[Any], header: Sequence[Any] = HEADER, **more: Any) -> bytes:
    """A return in long form; without rows one plain good figure."""
    return book([header, *(rows or [ROW])], **more)


# -- part by part ----------------------------------------------------------------------------------------------


def cells(*rows: str, more: str = "", declared: str = "") -> str:
    """A sheet's XML with these `<row>` elements."""
    dimension = f'<dimension ref="{declared}"/>' if declared else ""
    return f'<worksheet xmlns="{MAIN}">{dimension}<sheetData>{"".join(rows)}</sheetData>{more}</worksheet>'


def row(number: int, *texts: str, raw: str = "") -> str:
    """A `<row>` of text cells; `raw`: further cells as XML, after them."""
    inline = "".join(
        f'<c r="{get_column_letter(n)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for n, text in enumerate(texts, start=1)
    )
    return f'<row r="{number}">{inline}{raw}</row>'


def figure(literal: str, *, tag: str = "v", formula: str = "", kind: str = "n") -> str:
    """A sheet's XML: a good return whose value (D2) is this literal."""
    function = f"<f>{formula}</f>" if formula else ""
    value = f"<{tag}>{literal}</{tag}>" if literal else ""
    last = f'<c r="D2" t="{kind}">{function}{value}</c>'
    return cells(row(1, *HEADER), row(2, *map(str, ROW[:3]), raw=last))


def parts(sheet: str | bytes = "", *, state: str = "visible") -> dict[str, str | bytes]:
    """The parts of the smallest workbook that is one."""
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="表1" sheetId="1" state="{state}" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": sheet or figure("81.76"),
    }


def packed(contents: Mapping[str, str | bytes] | Iterable[tuple[str | zipfile.ZipInfo, str | bytes]]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items() if isinstance(contents, Mapping) else contents:
            package.writestr(name, content)
    return out.getvalue()


def workbook(sheet: str | bytes = "", **more: str | bytes) -> bytes:
    """The smallest workbook around a sheet's XML, with further or other parts by path (`__` for `/`)."""
    return packed(parts(sheet) | {name.replace("__", "/"): content for name, content in more.items()})


def swollen(size: int, *, says: int | None = None) -> bytes:
    """A workbook whose sheet is `size` spaces, made without holding them; `says`: what its zip header claims."""
    fill = b" " * 2**20
    whole = size // len(fill)
    squeeze = zlib.compressobj(1, zlib.DEFLATED, -15)
    check, data = 0, b""
    for chunk in [b"<worksheet>"] + [fill] * whole:
        check = zlib.crc32(chunk, check)
        data += squeeze.compress(chunk)
    data += squeeze.flush()
    others = {name: text for name, text in parts().items() if "sheet1" not in name}
    base = packed(others | {"xl/worksheets/sheet1.xml": b"#"})
    return _with_last(base, data, check, says if says is not None else len(b"<worksheet>") + whole * len(fill))


def _with_last(base: bytes, data: bytes, check: int, size: int) -> bytes:
    """`base` whose last part holds other packed `data`, said to unpack to `size` bytes."""
    with zipfile.ZipFile(io.BytesIO(base)) as package:
        *_, last = package.infolist()
        directory = package.start_dir
    local = base[: last.header_offset]
    name = last.filename.encode()
    numbers = b"".join(n.to_bytes(4, "little") for n in (check, len(data), size))
    head = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\x21\0" + numbers + len(name).to_bytes(2, "little") + b"\0\0" + name
    entries = bytearray(base[directory:])
    at = entries.rindex(b"PK\x01\x02")
    entries[at + 16 : at + 28] = numbers
    end = entries.rindex(b"PK\x05\x06")
    start = len(local) + len(head) + len(data)
    entries[end + 16 : end + 20] = start.to_bytes(4, "little")
    return local + head + data + bytes(entries)
