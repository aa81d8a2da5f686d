"""The reader's child, asked directly: which bytes become cells, and what is said of those that do not."""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest

from ingest.reader import child
from tests.returns import csv

pytestmark = pytest.mark.usefixtures("in_process")

LIMITS = {"rows": 100_000, "columns": 100}
HEAD = "region,indicator,period,value\n"
ROW = "510100,life-expectancy,2021,81.76\n"
CHINESE = "地区,指标,报告期,数值\n成都市,人均预期寿命,2021,81.76\n"


def read(raw: bytes | str, **limits: int) -> dict[str, Any]:
    return child.read(raw.encode() if isinstance(raw, str) else raw, LIMITS | limits)


def columns(answer: dict[str, Any]) -> list[list[str]]:
    return [text.split("\x00") for text in answer["columns"]]


def rows(raw: bytes | str, **limits: int) -> list[tuple[str, ...]]:
    return list(zip(*columns(read(raw, **limits)), strict=True))


def refused(raw: bytes | str, **limits: int) -> tuple[str, int | None]:
    with pytest.raises(child.Refused) as error:
        read(raw, **limits)
    return error.value.code, error.value.row


def notices(answer: dict[str, Any]) -> list[str]:
    return [notice["code"] for notice in answer["notices"]]


def test_cells_stay_text_and_know_their_rows() -> None:
    answer = read(HEAD + ROW + "510100,beds,2021,007\n")
    assert answer["header"] == ["region", "indicator", "period", "value"]
    assert (answer["header_at"], answer["at"], answer["notices"]) == (1, [2, 3], [])
    assert columns(answer)[3] == ["81.76", "007"]


# -- encodings -------------------------------------------------------------------------------------------------


def test_B01_a_utf8_mark_leaves_the_header_intact() -> None:
    answer = read(CHINESE.encode("utf-8-sig"))
    assert answer["header"][0] == "地区"
    assert answer["notices"] == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_B02_utf16_with_a_mark_is_read(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    answer = read(mark + CHINESE.encode(encoding))
    assert columns(answer)[1] == ["人均预期寿命"]
    assert notices(answer) == ["read_as_utf16"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [HEAD + ROW, CHINESE], ids=["ascii", "chinese"])
def test_B03_utf16_without_a_mark_is_refused(encoding: str, text: str) -> None:
    assert refused(text.encode(encoding)) == ("nul_byte", 1)


def test_a_utf16_file_cut_in_the_middle_names_the_row() -> None:
    # 上 is 0A 4E: bytes that look like line ends are not counted
    whole = (HEAD + "上,上,上,上\n" * 4).encode("utf-16")
    assert refused(whole[:-1]) == ("encoding_unknown", 5)


@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_B04_gb18030_is_read_with_a_notice(encoding: str) -> None:
    answer = read(CHINESE.encode(encoding))
    assert answer["header"] == ["地区", "指标", "报告期", "数值"]
    assert columns(answer)[0] == ["成都市"]
    assert notices(answer) == ["read_as_gb18030"]


def test_gb18030_beyond_gbk_is_read() -> None:
    assert rows((HEAD + "㐂,𠀀成都,2021,1\n").encode("gb18030")) == [("㐂", "𠀀成都", "2021", "1")]


@pytest.mark.parametrize("word", ["café", "é", "Genève,é"])
def test_B05_latin1_is_refused_by_its_line(word: str) -> None:
    raw = f"{HEAD}{ROW}510100,beds,2021,1,{word}\n".encode("latin-1")
    assert refused(raw) == ("encoding_unknown", 3)


@pytest.mark.parametrize("raw", [b"na\xefve", b"\xe6\x88"], ids=["latin-1", "half a character"])
def test_B05_what_could_be_gb18030_says_so_and_holds_no_replacement(raw: bytes) -> None:
    answer = read(HEAD.encode() + b"510100," + raw + b",2021,1\n")
    assert notices(answer) == ["read_as_gb18030"]
    assert "\ufffd" not in columns(answer)[1][0]


@pytest.mark.parametrize(
    ("words", "byte"),
    [
        (words, byte)
        for words in ("成都,人均预期寿命", "成都市,常住人口")
        for byte in (b"\xff", b"\x80", b"\xe6\x88", b"\xc3")
    ]
    + [("510100,beds", byte) for byte in (b"\xff", b"\x80", b"\xc3")],
    ids=ascii,
)
def test_B06_invalid_utf8_names_the_row(byte: bytes, words: str) -> None:
    lines = [f"{words},2021,1\n".encode()] * 100
    lines[55] = lines[55].replace(b",2021", byte + b",2021")
    assert refused(HEAD.encode() + b"".join(lines)) == ("encoding_unknown", 57)


def test_B06_a_broken_chinese_note_is_not_taken_for_gb18030() -> None:
    # cut so that the rest would read as GB18030, in other words than were written
    raw = csv({"note": "成都"}, {"note": "都市"}).replace("都市".encode(), "都市".encode()[:-2])
    assert raw.decode("gb18030")
    assert refused(raw) == ("encoding_unknown", 3)


def test_a_private_use_character_is_a_sign_of_another_encoding() -> None:
    raw = (HEAD + "成都,\ue000,2021,1\n").encode("gb18030")
    assert refused(raw) == ("encoding_unknown", 2)


def test_B07_a_nul_names_its_row() -> None:
    assert refused(HEAD + ROW + "5101\x0000,beds,2021,1\n") == ("nul_byte", 3)
    assert refused((HEAD + ROW + "5101\x0000,beds,2021,1\n").replace("\n", "\r")) == ("nul_byte", 3)


# -- lines and delimiters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["\r", "\r\n", "\n"], ids=["B08 CR", "CRLF", "LF"])
def test_B08_any_line_end_gives_every_row(ending: str) -> None:
    assert len(rows((HEAD + ROW * 5).replace("\n", ending))) == 5


def test_B09_mixed_line_ends_are_read() -> None:
    assert len(rows(HEAD + ROW.replace("\n", "\r\n") + ROW + ROW.replace("\n", "\r") + ROW.rstrip())) == 4


@pytest.mark.parametrize(("mark", "shown"), [(";", ";"), ("\t", "TAB")])
def test_B10_another_delimiter_is_read_and_shown(mark: str, shown: str) -> None:
    answer = read((HEAD + ROW).replace(",", mark))
    assert answer["header"] == ["region", "indicator", "period", "value"]
    assert answer["notices"] == [{"code": "delimiter", "row": None, "facts": {"found": shown}}]


def test_B11_a_decimal_comma_stays_as_written() -> None:
    assert rows((HEAD + ROW).replace(",", ";").replace("81.76", "81,76"))[0][3] == "81,76"


@pytest.mark.parametrize(
    ("row", "count"), [("510100,beds,2021\n", 3), ("510100,beds,2021,1,2\n", 5)], ids=["short", "long"]
)
def test_B12_a_row_of_another_width_names_both_counts(row: str, count: int) -> None:
    with pytest.raises(child.Refused) as error:
        read(HEAD + ROW + row + ROW)
    assert (error.value.code, error.value.row, error.value.facts) == ("row_width", 3, {"count": count, "wanted": 4})


@pytest.mark.parametrize("after", [9_998, 3], ids=["long file", "short file"])
def test_B13_an_open_quote_is_found_where_it_opens(after: int) -> None:
    started = time.monotonic()
    assert refused(HEAD + ROW + '510100,"beds,2021,1\n' + ROW * after) == ("quote_open", 3)
    assert time.monotonic() - started < 5


def test_text_after_a_closed_quote_is_refused() -> None:
    assert refused(HEAD + ROW + '510100,"beds"x,2021,1\n') == ("quote_open", 3)


def test_B14_a_line_break_in_quotes_does_not_shift_the_rows_after_it() -> None:
    answer = read(HEAD + '510100,beds,2021,"1\n\n2"\n' + ROW)
    assert columns(answer)[3] == ["1\n\n2", "81.76"]
    assert answer["at"] == [2, 3]


def test_B15_a_header_of_two_million_commas_is_refused_quickly() -> None:
    started = time.monotonic()
    assert refused("," * 2_000_000 + "\n" + HEAD + ROW) == ("too_many_columns", 1)
    assert refused(",".join(f"c{n}" for n in range(20_000)) + "\n1") == ("too_many_columns", 1)
    assert time.monotonic() - started < 2


def test_columns_up_to_the_limit_are_read() -> None:
    wide = ",".join(f"c{n}" for n in range(5))
    assert rows(f"{wide}\n1,2,3,4,5\n", columns=5)
    assert refused(f"{wide}\n1,2,3,4,5\n", columns=4) == ("too_many_columns", 1)


@pytest.mark.parametrize("quote", ['"', ""], ids=["quoted", "bare"])
def test_B16_one_huge_cell_is_refused(quote: str) -> None:
    assert refused(f"{HEAD}{ROW}510100,{quote}{'x' * 9_000_000}{quote},2021,1\n") == ("cell_too_long", 3)


def test_a_long_cell_within_the_limit_is_read() -> None:
    assert rows(f"{HEAD}510100,beds,2021,{'9' * 32_000}\n")[0][3] == "9" * 32_000


def test_B17_one_row_too_many_is_refused() -> None:
    assert len(rows(HEAD + ROW * 10, rows=10)) == 10
    assert refused(HEAD + ROW * 11, rows=10) == ("too_many_rows", 12)


def test_B17_a_hundred_thousand_and_one_rows_are_refused_quickly() -> None:
    started = time.monotonic()
    assert refused(HEAD + ROW * 100_001) == ("too_many_rows", 100_002)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("text", ["\n" * 2_000_000, HEAD + "\n" * 2_000_000, HEAD + ",,,\n" * 200_000])
def test_B18_blank_lines_are_no_data(text: str) -> None:
    started = time.monotonic()
    assert refused(text)[0] in ("file_empty", "no_rows")
    assert time.monotonic() - started < 5


def test_B19_blank_rows_do_not_shift_the_rows_after_them() -> None:
    answer = read("\n" + HEAD + ROW + "\n,,,\n  , ,,\n" + ROW)
    assert (answer["header_at"], answer["at"]) == (2, [3, 7])


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b"  \r\n\t\n", "file_empty"),
        (b"\xef\xbb\xbf", "no_rows"),
        (b",,,\n,,,\n", "no_rows"),
        (HEAD.encode(), "no_rows"),
        (HEAD.encode() + b"\n\n", "no_rows"),
    ],
    ids=["A01 no bytes", "A01 only space", "only a mark", "only commas", "A02 only a header", "A02 header and blanks"],
)
def test_A02_a_file_without_data_is_refused(raw: bytes, code: str) -> None:
    assert refused(raw) == (code, None)


# -- the process itself ----------------------------------------------------------------------------------------


def test_it_gives_up_what_it_must_never_need(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {}
    monkeypatch.setattr(resource, "setrlimit", lambda which, limit: given.update({which: limit}))
    child.confine({"memory": 100, "seconds": 5})
    assert given == {
        resource.RLIMIT_AS: (100, 100),
        resource.RLIMIT_CPU: (5, 5),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (CHINESE.encode(), {"header": ["地区", "指标", "报告期", "数值"]}),
        (HEAD.encode() + b"1\n", {"refused": {"code": "row_width", "row": 2, "facts": {"count": 1, "wanted": 4}}}),
    ],
    ids=["read", "refused"],
)
def test_it_answers_in_plain_ascii_json(
    raw: bytes, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(child, "confine", lambda limits: None)
    monkeypatch.setattr(sys, "argv", ["child.py", json.dumps(LIMITS)])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    child.answer(child.read)
    said = capsys.readouterr().out
    assert said.isascii()
    answer = json.loads(said)
    assert {name: answer[name] for name in wanted} == wanted
