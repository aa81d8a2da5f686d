"""Our drawing by its parts: what is marked where, what is left out, what is said."""

from __future__ import annotations

import gzip
import re
import time
import xml.etree.ElementTree as Xml
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dashboard.charts.frames import trajectory_of
from dashboard.charts.palette import DARK, LIGHT
from dashboard.i18n import words
from dashboard.public.book import Subject
from dashboard.public.drawing import signs, spark_svg, trajectory_svg
from dashboard.public.drawing.looks import PARTS
from dashboard.public.drawing.plot import plot_of
from dashboard.public.drawing.scale import scale_of, value_ticks
from dashboard.public.site.subject_page import NARROW, WIDE
from indicators.definition import Frequency, MeasureType
from indicators.plan import Operator, Recurrence
from tests import builders as make
from tests.judged import BEDS, QUARTERLY, judged
from tests.published import FLOW, figure, subject

ZH, EN = words("zh"), words("en")
SVG = "{http://www.w3.org/2000/svg}"
QUARTERS = {f"{y}Q{q}": round(7.34 + 0.035 * ((y - 2021) * 4 + q), 2) for y in range(2021, 2025) for q in range(1, 5)}
OLD = make.definition(**QUARTERLY)
NEW = make.definition(2, effective_from=date(2023, 1, 1), comparable=False, **QUARTERLY)
WITHHELD = [figure("2021", 7.44), figure("2022", 7.55), figure("2023"), figure("2024", 7.87)]
SEEN = {"2021": 7.44, "2022": 7.55, "2024": 7.87}


def drawn(of: Subject, **how: Any) -> Xml.Element:
    return Xml.fromstring(trajectory_svg(of, ZH, **how))


def of_class(svg: Xml.Element, name: str) -> list[Xml.Element]:
    return [part for part in svg.iter() if part.get("class") == name]


def texts(svg: Xml.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def along(path: Xml.Element) -> list[tuple[float, float]]:
    """The corners of a path that is made of straight lines."""
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", path.get("d") or "")]


def circles(svg: Xml.Element) -> list[tuple[float, float]]:
    """The middles of the points of figures."""
    dots = [part for part in svg.iter(f"{SVG}circle") if part.get("class") in ("dot", "flash")]
    return [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in dots]


def places(of: Subject, *, width: int = 720) -> Any:
    """Where a day and a value have to lie."""
    plot = plot_of(of, ZH)
    assert plot is not None
    return scale_of(plot, width)


@pytest.mark.parametrize("width", [NARROW, WIDE], ids=["phone", "desk"])
def test_each_figure_has_its_point_at_its_day_and_value(width: int) -> None:
    beds = subject(BEDS)
    at = places(beds, width=width)
    expected = [at.at(date(int(year), 12, 31), value) for year, value in BEDS.items()]
    found = circles(drawn(beds, width=width))
    assert len(found) == 4
    assert found == [(pytest.approx(x, abs=0.06), pytest.approx(y, abs=0.06)) for x, y in expected]
    assert [x for x, _ in found] == sorted(x for x, _ in found)
    assert [y for _, y in found] == sorted((y for _, y in found), reverse=True)  # more is higher up


def test_a_point_tells_period_value_and_what_was_required() -> None:
    first, *_, last = of_class(drawn(subject(BEDS)), "pt")
    assert (last.get("data-period"), last.get("data-value"), last.get("data-expected")) == (
        "2024年末",
        "7.87 张/千人",
        "8.11",
    )
    assert [title.text for title in last.iter(f"{SVG}title")] == ["2024年末 7.87 张/千人 · 应达 8.11 · 差 −0.24"]
    assert first.get("data-period") == "2021年末"


def test_the_target_is_a_hollow_diamond_with_its_value_and_year_beside_it() -> None:
    beds = subject(BEDS)
    svg = drawn(beds)
    (diamond,) = [mark for mark in of_class(svg, "mark") if mark.get("data-end") == "target"]
    left, top = along(diamond)[0]
    x, y = places(beds).at(date(2025, 12, 31), 8.30)
    assert (left + 6.5, top) == (pytest.approx(x, abs=0.1), pytest.approx(y, abs=0.1))
    assert {"目标 8.30", "2025年末"} <= set(texts(svg))


def test_the_baseline_is_a_hollow_circle_with_its_value() -> None:
    beds = subject(BEDS)
    (circle,) = [mark for mark in of_class(drawn(beds), "mark") if mark.get("data-end") == "base"]
    x, y = places(beds).at(date(2020, 12, 31), 7.34)
    assert (float(circle.attrib["cx"]), float(circle.attrib["cy"])) == (
        pytest.approx(x, abs=0.06),
        pytest.approx(y, abs=0.06),
    )
    assert {"基期 7.34", "2020年末"} <= set(texts(drawn(beds)))


def test_the_required_path_runs_from_the_baseline_to_the_target_and_is_named() -> None:
    beds = subject(BEDS)
    (path,) = of_class(drawn(beds), "path")
    at = places(beds)
    ends = [at.at(date(2020, 12, 31), 7.34), at.at(date(2025, 12, 31), 8.30)]
    assert along(path) == [(pytest.approx(x, abs=0.06), pytest.approx(y, abs=0.06)) for x, y in ends]
    assert "应达路径" in texts(drawn(beds))


def test_behind_the_path_a_pale_band_and_the_gap_in_words() -> None:
    svg = drawn(subject(BEDS))
    assert svg.get("class") == "plot wide s-behind"
    assert len(of_class(svg, "band")) == 1
    assert len(of_class(svg, "gap")) == 1
    assert "差 0.24" in texts(svg)


def test_a_withheld_period_is_a_gap_that_says_so_and_never_a_value() -> None:
    beds = subject(SEEN, rows=WITHHELD)
    svg = drawn(beds)
    assert len(circles(svg)) == 3
    lines = [along(line) for line in of_class(svg, "act")]
    assert [len(line) for line in lines] == [3]  # baseline, 2021, 2022; nothing leads to 2024
    closed = [part for part in of_class(svg, "pt") if part.get("data-value") == "不公布"]
    assert [part.get("data-period") for part in closed] == ["2023年末"]
    assert "2023年末的数值不公布" in (svg.findtext(f"{SVG}desc") or "")
    assert "7.71" not in Xml.tostring(svg, encoding="unicode")  # what it really was
    assert "灰色竖条处的数值不公布" in signs(beds, ZH)


def test_a_line_is_cut_at_a_withheld_period_even_where_figures_are_close_enough_to_be_joined() -> None:
    titles = make.definition(measure=MeasureType.TITLES, unit="个", frequency=QUARTERLY["frequency"])
    rows = [figure("2021", 1), figure("2022"), figure("2023", 3)]
    won = subject({"2021": 1, "2023": 3}, titles, rows=rows, baseline_value=0, target_value=5)
    assert len(trajectory_of(won.judged[0]).line.partition_by("segment")) == 1
    lines = [along(line) for line in of_class(drawn(won), "act")]
    x = places(won).x(date(2022, 12, 31))
    assert lines
    assert not any(min(a for a, _ in line) < x < max(a for a, _ in line) for line in lines)


def bare(*values: tuple[str, float], **definition: Any) -> Subject:
    """Figures that no plan has a target for."""
    return subject(dict(values), make.definition(**QUARTERLY | definition), promised=False)


def test_a_day_of_a_census_among_yearly_figures_parts_none_of_them() -> None:
    census = [("2020-11-01", 2093.8), ("2021", 2119.2), ("2022", 2126.8), ("2023", 2140.3)]
    for frequency in (Frequency.YEAR, Frequency.QUARTER):
        svg = drawn(bare(*census, frequency=frequency))
        (line,) = of_class(svg, "act")
        assert len(along(line)) == 4
        assert "断开处没有数值" not in signs(bare(*census, frequency=frequency), ZH)


def test_a_year_left_out_of_yearly_figures_is_a_gap_that_is_explained() -> None:
    holed = bare(("2019", 6.3), ("2020", 6.46), ("2022", 7.0), ("2023", 7.23))
    assert len(of_class(drawn(holed), "act")) == 2
    assert "断开处没有数值" in signs(holed, ZH)


def test_a_quarter_left_out_of_quarterly_figures_is_a_gap() -> None:
    quarters = bare(("2023Q1", 7.0), ("2023Q2", 7.1), ("2023Q4", 7.3), ("2024Q1", 7.4))
    assert len(of_class(drawn(quarters), "act")) == 2


@pytest.mark.parametrize("period", ["2024", "2020-11-01", "2024Q1", "2024-01-03"])
def test_an_only_figure_stands_inside_with_its_own_year_under_it(period: str) -> None:
    alone = bare((period, 7.0))
    svg = drawn(alone)
    ((x, _),) = circles(svg)
    assert 720 * 0.3 < x < 720 * 0.8
    assert [text for text in texts(svg) if re.fullmatch(r"\d{4}年", text)] == [f"{period[:4]}年"]
    assert "实线" not in signs(alone, ZH)


def test_an_only_figure_with_a_target_and_no_baseline_has_its_year_on_the_axis() -> None:
    one = subject({"2022": 7.5}, baseline_value=None, baseline_year=None)
    svg = drawn(one)
    ((x, y),) = circles(svg)
    assert (x, y) == (pytest.approx(places(one).at(date(2022, 12, 31), 7.5), abs=0.06))
    assert x > 180
    assert "2022年" in texts(svg)


def test_a_missing_year_is_a_gap_without_a_line_across() -> None:
    beds = subject(SEEN)
    svg = drawn(beds)
    assert [len(along(line)) for line in of_class(svg, "act")] == [3]
    assert of_class(svg, "shut") == []
    assert "断开处没有数值" not in signs(subject(BEDS), ZH)


def test_a_flash_figure_is_hollow() -> None:
    beds = subject(BEDS)
    (one,) = beds.judged
    latest = replace(one.observations[-1], vintage="flash")
    beds = replace(beds, judged=(replace(one, observations=(*one.observations[:-1], latest)),))
    svg = drawn(beds)
    assert len([c for c in svg.iter(f"{SVG}circle") if c.get("class") == "flash"]) == 1
    assert len([c for c in svg.iter(f"{SVG}circle") if c.get("class") == "dot"]) == 3
    assert of_class(svg, "pt")[-1].findtext(f"{SVG}title", "").endswith("快报")
    assert "空心点为初步数" in signs(beds, ZH)


def test_a_corrected_figure_shows_what_it_was() -> None:
    rows = [figure(period, value, release=2) for period, value in BEDS.items()]
    rows.append(figure("2023", 7.60, release=1, replaced_by=2))
    svg = drawn(subject(BEDS, rows=rows))
    assert len(of_class(svg, "was")) == 1
    (told,) = [pt.findtext(f"{SVG}title", "") for pt in of_class(svg, "pt") if pt.get("data-period") == "2023年末"]
    assert told.endswith("更正前 7.60")


def test_a_new_definition_that_does_not_compare_parts_the_line() -> None:
    svg = drawn(subject(BEDS, OLD, NEW))
    assert len(of_class(svg, "break")) == 1
    assert "口径第2版" in texts(svg)
    assert [len(along(line)) for line in of_class(svg, "act")] == [3, 2]


def test_a_range_has_both_its_ends() -> None:
    svg = drawn(subject(BEDS, operator=Operator.RANGE, target_value=None, target_low=8.1, target_high=8.5))
    assert [mark.get("data-end") for mark in of_class(svg, "mark")] == [None, "base", "far", "target"]
    assert "目标 8.10–8.50" in texts(svg)


def test_a_yearly_flow_has_a_path_and_a_goal_each_year_and_begins_at_nothing() -> None:
    flow = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW, "unit": "张", "decimals": 0})
    values = {"2021Q1": 100, "2021Q2": 150, "2022Q1": 160}
    yearly = subject(
        values, flow, recurrence=Recurrence.YEARLY, baseline_value=None, baseline_year=None, target_value=600
    )
    svg = drawn(yearly)
    assert len(of_class(svg, "path")) == 5
    assert [m.get("data-end") for m in of_class(svg, "mark")].count("goal") == 4
    plot = plot_of(yearly, ZH)
    assert plot is not None
    assert scale_of(plot, WIDE).plot.bounds[0] == 0
    assert "每年1月从零计起" in signs(yearly, ZH)


def test_figures_without_a_target_are_drawn_by_themselves() -> None:
    beds = subject(BEDS, promised=False)
    svg = drawn(beds)
    assert len(circles(svg)) == 4
    assert svg.get("class") == "plot wide"
    for part in ("path", "band", "gap", "mark"):
        assert of_class(svg, part) == []
    assert {"7.87", "2024年末"} <= set(texts(svg))
    assert signs(beds, ZH) == "实线为实际值"


def test_a_flow_without_a_target_shows_its_whole_years_from_zero() -> None:
    sales = subject({"2022": 80.5, "2023": 91.0, "2024": 99.5}, make.definition(**FLOW), promised=False, unit="亿元")
    assert len(circles(drawn(sales))) == 3
    plot = plot_of(sales, ZH)
    assert plot is not None
    assert value_ticks(scale_of(plot, WIDE).plot)[0] == 0


def test_figures_under_another_definition_are_not_joined_without_a_target_either() -> None:
    svg = drawn(subject(BEDS, OLD, NEW, promised=False))
    assert [len(along(line)) for line in of_class(svg, "act")] == [2, 2]
    assert "口径第2版" in texts(svg)


def test_nothing_to_draw_is_no_drawing() -> None:
    assert trajectory_svg(subject({}, promised=False), ZH) == ""
    empty = subject({}, baseline_value=None, baseline_year=None)
    assert trajectory_svg(empty, ZH) == ""
    assert signs(empty, ZH) == ""


# -- for everyone --------------------------------------------------------------------------------------------------


def test_who_cannot_see_it_is_told_the_verdict_and_the_range() -> None:
    svg = drawn(subject(BEDS), told=["**▼ 滞后**。2024年末 7.87。"])
    assert svg.get("role") == "img"
    ids = {part.get("id"): part.text for part in svg if part.tag in (f"{SVG}title", f"{SVG}desc")}
    assert ids[svg.get("aria-labelledby")] == "成都市每千人口床位数的走势"
    assert ids[svg.get("aria-describedby")] == (
        "▼ 滞后。2024年末 7.87。图中2021年末至2024年末共 4 个数值,最低 7.44 张/千人,最高 7.87 张/千人。"
    )
    # a picture has nothing inside that a keyboard could stop at: the table says the same
    assert not [part for part in svg.iter() if part.get("tabindex")]


def test_both_drawings_of_a_page_have_names_of_their_own() -> None:
    names = [re.findall(r' id="([^"]+)"', trajectory_svg(subject(BEDS), ZH, width=width)) for width in (WIDE, NARROW)]
    assert len(names[0]) == 2
    assert not set(names[0]) & set(names[1])


def test_english_is_english() -> None:
    told = trajectory_svg(subject(BEDS), EN)
    assert "Target 8.30" in told
    assert "per 1,000" in told
    names = re.sub(r"<title id.*?</title>", "", told)
    assert not re.search(r"[\u4e00-\u9fff]", names)


@pytest.mark.parametrize("values", [BEDS, QUARTERS, {}], ids=["years", "quarters", "none"])
@pytest.mark.parametrize("width", [NARROW, WIDE], ids=["phone", "desk"])
def test_words_keep_within_the_sheet_and_off_each_other(values: dict[str, float], width: int) -> None:
    svg = drawn(subject(values), width=width)
    boxes = []
    for text in svg.iter(f"{SVG}text"):
        size = float(text.get("font-size", "12"))
        wide = size * sum(1.0 if ord(c) > 0x2E80 else 0.56 for c in text.text or "")
        shift = {None: 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor")]
        left, bottom = float(text.attrib["x"]) - shift * wide, float(text.attrib["y"])
        boxes.append((left, bottom - 0.8 * size, left + wide, bottom, text.text))
    assert len(boxes) > 8
    _, _, right, low = map(float, svg.attrib["viewBox"].split())
    for x0, y0, x1, y1, told in boxes:
        assert x0 >= -1 and y0 >= 0 and x1 <= right + 1 and y1 <= low, told
    for n, (a0, b0, a1, b1, told) in enumerate(boxes):
        for c0, d0, c1, d1, other in boxes[:n]:
            across, down = min(a1, c1) - max(a0, c0), min(b1, d1) - max(b0, d0)
            assert across <= 1 or down <= 1, (told, other)


def test_the_numbers_of_the_axis_are_round_and_all_different() -> None:
    for values in (BEDS, QUARTERS, {"2021": 7.34, "2022": 7.35}):
        at = places(subject(values), width=NARROW)
        ticks = [f"{tick:.2f}" for tick in value_ticks(at.plot)]
        assert 2 <= len(ticks) <= 9
        assert len(set(ticks)) == len(ticks)


# -- how it looks --------------------------------------------------------------------------------------------------


def test_within_a_page_nothing_has_a_colour_of_its_own() -> None:
    told = trajectory_svg(subject(BEDS), ZH)
    assert "style=" not in told
    assert not re.search(r"#[0-9A-Fa-f]{6}", told)
    assert not re.search(r' (fill|stroke|font-family)="', told)


def test_alone_it_needs_no_style_sheet() -> None:
    told = trajectory_svg(subject(BEDS), ZH, standalone=True)
    assert " class=" not in told
    assert "style" not in told
    colours = {colour.upper() for colour in re.findall(r'(?:fill|stroke)="(#\w{6})"', told)}
    assert colours >= {LIGHT.accent.upper(), LIGHT.ink.upper(), LIGHT.card.upper()}
    assert DARK.accent.upper() not in colours
    assert "Noto Sans" in told


def test_every_part_has_a_rule_in_the_style_sheet() -> None:
    import dashboard.public.site

    (folder,) = dashboard.public.site.__path__
    with open(f"{folder}/look/subject.css", encoding="utf-8") as file:
        sheet = file.read()
    ruled = set(re.findall(r"\.plot \.([a-z-]+)", sheet))
    assert set(PARTS) <= ruled


def test_hostile_names_stay_text() -> None:
    evil = "<script>alert(1)</script>\"'&"
    beds = subject(BEDS)
    beds = replace(beds, indicator=replace(beds.indicator, name_zh=evil), region=replace(beds.region, name_zh=evil))
    for standalone in (False, True):
        told = trajectory_svg(beds, ZH, standalone=standalone, told=[evil])
        Xml.fromstring(told)
        assert "<script" not in told
        assert "&lt;script&gt;" in told


def test_both_drawings_weigh_little_and_are_made_quickly() -> None:
    quarters = subject(QUARTERS)
    both = [trajectory_svg(quarters, ZH, width=width) for width in (WIDE, NARROW)]
    assert len(of_class(Xml.fromstring(both[0]), "pt")) == 16
    assert len(gzip.compress("".join(both).encode())) <= 4096  # the budget is 12 KB
    laps = []
    for _ in range(5):
        begun = time.process_time()
        trajectory_svg(quarters, ZH, width=WIDE)
        laps.append(time.process_time() - begun)
    assert min(laps) <= 0.015  # 3 ms alone; a shared core is slower


# -- as small as a word --------------------------------------------------------------------------------------------


def test_a_spark_has_the_path_the_line_and_its_end() -> None:
    svg = Xml.fromstring(spark_svg(judged(BEDS), ZH))
    assert svg.get("class") == "spark s-behind"
    assert svg.get("aria-hidden") == "true"
    assert [len(of_class(svg, name)) for name in ("path", "act", "end")] == [1, 1, 1]
    assert len(along(of_class(svg, "act")[0])) == 5
    assert len(spark_svg(judged(BEDS), ZH)) < 700


def test_without_a_figure_there_is_no_spark() -> None:
    assert spark_svg(judged(), ZH) == ""
