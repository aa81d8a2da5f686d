"""The reader's child process: bytes on standard input, text cells as JSON on standard output.

Runs alone (`python -I child.py`), imports nothing of the product, and is killed by its limits before it can hurt
the server. Cells stay text; a record's number is its row as a spreadsheet program shows it.
"""

import csv
import io
import json
import re
import resource
import sys
import unicodedata

DELIMITERS = ",;\t"
CELL_CHARACTERS = 32_767
AROUND = 100  # rows of a drawn table that are no figures: titles, header, notes
# how a row starts that is no figure: footnotes, signatures, totals, parts, comments
ASIDE = re.compile(
    r"\s*(?:[#*※]|(?:附?注|说明|备注|资料来源|数据来源|其中)\s*[0-9]*\s*[::,,、]|其\s*中\s*$|[总合小]\s*计\s*$"
    r"|(?:单位|统计|科室|填[报表制])?(?:负责人|[报表]人)|审核人|制表|联系|报出日期|填报日期|续表)"
)


class Refused(Exception):
    """A file that is not read; carries a problem code and where it was met."""

    def __init__(self, code: str, row: int | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code, self.row, self.facts = code, row, facts


def decode(raw):
    """(text, notice code or ''): UTF-8, UTF-16 with a mark, or GB18030, strictly; else Refused."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16"), "read_as_utf16"
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode("utf-16", "ignore").encode()
            raise Refused("encoding_unknown", row=_line(before)) from None
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        bad_line = _line(raw[: error.start])
    if b"\x00" in raw:
        raise Refused("nul_byte", row=_line(raw[: raw.index(b"\x00")]))
    # UTF-8 with a broken place reads as Chinese with a few marks; GB18030 read as UTF-8 is mostly marks
    as_utf8 = raw.decode("utf-8", "replace")
    if (chinese := sum(map(_chinese, as_utf8))) and chinese >= as_utf8.count("\ufffd"):
        raise Refused("encoding_unknown", row=bad_line)
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        raise Refused("encoding_unknown", row=bad_line) from None
    # GB18030 gives a meaning to almost any bytes: believe it only where it yields Chinese and nothing odd
    if any("\ue000" <= c <= "\uf8ff" for c in text) or not any(map(_chinese, text)):
        raise Refused("encoding_unknown", row=bad_line)
    return text, "read_as_gb18030"


def _chinese(character):
    return "\u4e00" <= character <= "\u9fff"


def _line(before):
    """The line that follows the bytes `before`, whatever ends their lines."""
    return len((before + b"x").splitlines())


def records(text, delimiter, limits):
    """(row number, cells) of every record that is not blank."""
    first = True
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    number = line = 0
    try:
        for number, cells in enumerate(reader, start=1):
            line = reader.line_num
            if first and len(cells) > limits["columns"]:
                raise Refused("too_many_columns", row=number, count=len(cells), most=limits["columns"])
            if cells and any(cell.strip() for cell in cells):
                first = False
                yield number, cells
    except csv.Error as error:
        # an open quote swallows the lines after it until the cell is too long
        long = "field larger" in str(error) and reader.line_num <= line + 1
        raise Refused("cell_too_long" if long else "quote_open", row=number + 1, most=CELL_CHARACTERS) from None


def plain(header, names):
    """Whether a table starts with its own header in long form; `names`: folded header name → column."""
    columns = [names.get("".join(unicodedata.normalize("NFKC", cell).split()).casefold()) for cell in header]
    have = set(columns)
    region = have & {"region", "region_code"}
    value = "value" in have or {"numerator", "denominator"} <= have
    return bool((region and value and {"indicator", "period"} <= have) or None not in have)


def columns_of(found, limits):
    """The answer for a table in long form, every record as wide as its header; None where a row is no figure."""
    header_at, header = next(found)
    at, columns = [], [[] for _ in header]
    for number, cells in found:
        if ASIDE.match(next(cell for cell in cells if cell.strip())):
            return None
        if len(cells) == len(header) > 1 and cells[0].strip() and not any(map(str.strip, cells[1:])):
            return None
        if len(cells) != len(header):
            raise Refused("row_width", row=number, count=len(cells), wanted=len(header))
        if len(at) >= limits["rows"]:
            raise Refused("too_many_rows", row=number, most=limits["rows"])
        at.append(number)
        for column, cell in zip(columns, cells, strict=True):
            column.append(cell)
    if not at:
        raise Refused("no_rows")
    # one text a column: whoever asked need not make an object of every cell (NUL stands in none, see `read`)
    return {"header": header, "header_at": header_at, "at": at, "columns": ["\x00".join(cells) for cells in columns]}


def grid_of(found, limits):
    """The answer for any other table: its rows as they stand, to be laid out by whoever asked."""
    rows = []
    for number, cells in found:
        if len(rows) > limits["rows"] + AROUND:
            raise Refused("too_many_rows", row=number, most=limits["rows"])
        if len(cells) > limits["columns"]:
            raise Refused("too_many_columns", row=number, count=len(cells), most=limits["columns"])
        rows.append((number, cells))
    if len(rows) < 2:
        raise Refused("no_rows")
    return {"rows": rows}


def separator(text):
    """(delimiter, text): what a first line `sep=;` says, else the mark most frequent in the first line with any."""
    if said := re.match(r"\s*sep=([,;\t|])\n", text):
        return said[1], "\n" + text[said.end() :]
    lines = (line[:CELL_CHARACTERS] for line in text.split("\n", 64))
    first = next((line for line in lines if any(mark in line for mark in DELIMITERS)), "")
    return max(DELIMITERS, key=lambda mark: (first.count(mark), -DELIMITERS.index(mark))), text


def read(raw, limits):
    """A CSV as {header, header_at, at, columns, notices} in long form, else as {rows, notices}.

    `limits`: rows, columns, and names (folded header name → column; without it every table is in long form).
    """
    csv.field_size_limit(CELL_CHARACTERS)
    if not raw.strip():
        raise Refused("file_empty")
    text, notice = decode(raw)
    if "\x00" in text:
        raise Refused("nul_byte", row=_line(text[: text.index("\x00")].encode()))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    notices = [{"code": notice, "row": None, "facts": {}}] if notice else []
    delimiter, text = separator(text)
    if delimiter != ",":
        notices.append({"code": "delimiter", "row": None, "facts": {"found": delimiter.replace("\t", "TAB")}})
    header = next((cells for _, cells in records(text, delimiter, limits)), None)
    if header is None:
        raise Refused("no_rows")
    answer = None
    if "names" not in limits or plain(header, limits["names"]):
        answer = columns_of(records(text, delimiter, limits), limits)
    return {**(answer or grid_of(records(text, delimiter, limits), limits)), "notices": notices}


def confine(limits: dict[str, int]) -> None:
    """Give up what this process must never need, before the first byte is read."""
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(reader, unwanted=()):
    """Read standard input in the limits of the argument; print what `reader` says, or why it refused."""
    limits = json.loads(sys.argv[1])
    confine(limits)
    sys.modules.update(dict.fromkeys(unwanted))
    raw = sys.stdin.buffer.read()
    try:
        said = reader(raw, limits)
    except Refused as error:
        said = {"refused": {"code": error.code, "row": error.row, "facts": error.facts}}
    json.dump(said, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    answer(read)
