"""The reader's child process: bytes on standard input, text cells as JSON on standard output.

Runs alone (`python -I child.py`), imports nothing of the product, and is killed by its limits before it can hurt
the server. Cells stay text; a record's number is its row as a spreadsheet program shows it.
"""

import csv
import io
import json
import resource
import sys

DELIMITERS = ",;\t"
CELL_CHARACTERS = 32_767


class Refused(Exception):
    """A file that is not read; carries a problem code and where it was met."""

    def __init__(self, code, row=None, **facts):
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


def rows(text, delimiter, limits):
    """(row number, cells) of every record that is not blank; every record is as wide as the header."""
    width = 0
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    number = line = 0
    try:
        for number, cells in enumerate(reader, start=1):
            line = reader.line_num
            if not width and len(cells) > limits["columns"]:
                raise Refused("too_many_columns", row=number, count=len(cells), most=limits["columns"])
            if not cells or not any(cell.strip() for cell in cells):
                continue
            width = width or len(cells)
            if len(cells) != width:
                raise Refused("row_width", row=number, count=len(cells), wanted=width)
            yield number, cells
    except csv.Error as error:
        # an open quote swallows the lines after it until the cell is too long
        long = "field larger" in str(error) and reader.line_num <= line + 1
        raise Refused("cell_too_long" if long else "quote_open", row=number + 1, most=CELL_CHARACTERS) from None


def read(raw, limits):
    """{header, at, columns, notices} of a CSV; `limits`: rows, columns, names (known header names, folded)."""
    csv.field_size_limit(CELL_CHARACTERS)
    if not raw.strip():
        raise Refused("file_empty")
    text, notice = decode(raw)
    if "\x00" in text:
        raise Refused("nul_byte", row=_line(text[: text.index("\x00")].encode()))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    notices = [{"code": notice, "row": None, "facts": {}}] if notice else []
    first = next((line for line in text.split("\n", 64) if line.strip()), "")[:CELL_CHARACTERS]
    delimiter = max(DELIMITERS, key=lambda mark: (first.count(mark), -DELIMITERS.index(mark)))
    if delimiter != ",":
        notices.append({"code": "delimiter", "row": None, "facts": {"found": delimiter.replace("\t", "TAB")}})
    records = rows(text, delimiter, limits)
    header_at, header = next(records, (0, []))
    if not header:
        raise Refused("no_rows")
    at, columns = [], [[] for _ in header]
    for number, cells in records:
        if len(at) >= limits["rows"]:
            raise Refused("too_many_rows", row=number, most=limits["rows"])
        at.append(number)
        for column, cell in zip(columns, cells, strict=True):
            column.append(cell)
    if not at:
        raise Refused("no_rows")
    return {"header": header, "header_at": header_at, "at": at, "columns": columns, "notices": notices}


def confine(limits):
    """Give up what this process must never need, before the first byte is read."""
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main():
    limits = json.loads(sys.argv[1])
    confine(limits)
    raw = sys.stdin.buffer.read()
    try:
        answer = read(raw, limits)
    except Refused as error:
        answer = {"refused": {"code": error.code, "row": error.row, "facts": error.facts}}
    json.dump(answer, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main()
