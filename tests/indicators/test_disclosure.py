"""What a release holds back: figures of few enterprises, and what they could be computed from (统计法 第二十八条)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.catalogue import Catalogue, Region
from indicators.definition import Aggregation, Indicator, MeasureType, Part
from indicators.disclosure import Cell, Ground, Key, reach, suppressed
from indicators.disclosure.relations import Relations
from indicators.period import Period, year_end
from tests import builders as make

CITY, A, B, C = "510100", "510104", "510105", "510106"
NAMES = {"city": CITY, "A": A, "B": B, "C": C, "Z": "5101Z1", "province": "510000", "city2": "510300", "D": "510302"}
lawful = settings(max_examples=100, deadline=None)


def region(code: str, parent: str, level: str, partition: str = "行政区划", **more: str) -> Region:
    return Region(code, f"地{code}", f"Place {code}", level, parent, partition, **more)


REGIONS = (
    region("510000", "", "province"),
    region(CITY, "510000", "city"),
    *(region(code, CITY, "district") for code in (A, B, C)),
    region("5101Z1", CITY, "zone", "管理口径"),
    region("510300", "510000", "city"),
    region("510302", "510300", "district"),
)


def catalogue(*indicators: Indicator, regions: Iterable[Region] = REGIONS) -> Catalogue:
    """`output`, a yearly stock that adds up over regions, and others."""
    found = (output(), *indicators)
    return Catalogue(indicators={i.id: i for i in found}, regions={r.code: r for r in regions})


def output(name: str = "output", **changes: Any) -> Indicator:
    return make.indicator(make.definition(**changes), id=name, name_zh=name + "值", name_en=name)


def part(name: str, whole: str = "output", **changes: Any) -> Indicator:
    return make.indicator(make.definition(**changes), id=name, name_zh=name, name_en=name, part_of=whole)


def share(name: str = "share", *, top: str = "output", bottom: str = "people", **changes: Any) -> Indicator:
    made = make.ratio_definition(numerator=Part(top, "家"), denominator=Part(bottom, "人"), **changes)
    return make.indicator(made, id=name, name_zh=name, name_en=name)


def table(drawn: str) -> list[Cell]:
    """Cells of a drawn table: places in the head, then a line an indicator and period, `value/contributors`.

    `output 2024Q2 period`; a value is – where a mark stands for it, contributors are left out where unknown, and
    `.` is no cell.
    """
    head, *lines = [line.split() for line in drawn.strip().splitlines()]
    return [cell for line in lines for cell in _line(head, line)]


def _line(head: Sequence[str], line: Sequence[str]) -> Iterator[Cell]:
    (indicator, period, *said), texts = line[: -len(head)], line[-len(head) :]
    accumulation = said[0] if said else ""
    for place, text in zip(head, texts, strict=True):
        if text != ".":
            value, _, count = text.partition("/")
            key = (indicator, NAMES[place], Period.parse(period).end, accumulation)
            number = None if value == "–" else float(value)
            yield Cell(key, period, number, int(count) if count else None)


def told(cells: Sequence[Cell], of: Catalogue | None = None, *, least: int = 3, **more: Any) -> str:
    """What is held back, as words: `A few, B complement`; before the place what is not the one line there is."""
    held = suppressed(cells, least=least, catalogue=of or catalogue(), **more)
    places = {code: name for name, code in NAMES.items()}
    lines = {(cell.key[0], cell.key[2:]) for cell in cells}
    said = []
    for cell in cells:
        if ground := held.get(cell.key):
            line = [cell.indicator, cell.period, cell.key[3]] if len(lines) > 1 else []
            said.append(" ".join(filter(None, [*line, places[cell.region], ground.value])))
    assert len(said) == len(held), "only cells that were handed over are held back"
    return ", ".join(said)


# -- a city and its districts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("city", "a", "b", "c", "held"),
    [
        ("100/30", "5/3", "40/9", "55/18", ""),  # three are enough
        ("100/30", "5/2", "40/9", "55/19", "A few, B complement"),  # of B and C, B has fewer contributors
        ("100/30", "5/2", "55/9", "40/9", "A few, C complement"),  # of as many, the smaller
        ("100/30", "5/2", "40/9", "55", "A few, B complement"),  # known contributors before unknown ones
        ("100", "5/2", "40", "55", "A few, B complement"),  # unknown ones where there are no others
        ("100/8", "5/2", "40", "55", "city complement, A few"),
        ("100/30", "5/2", "40/1", "55/27", "A few, B few"),  # the two together are three
        ("100/30", "5/1", "40/1", "55/28", "A few, B few, C complement"),  # the two together are two
        ("100/30", "5/0", "40/2", "55/28", "A few, B few, C complement"),
        ("5/9", "5/2", "–", "–", "city complement, A few"),  # a mark hides nothing, so the total goes
        ("–", "5/2", "40/9", "55/9", "A few, B complement"),
        ("3/2", "1/1", "1/1", "1/0", "city few, A few, B few, C few"),
        ("100/30", "–/2", "40/9", "55/9", "A few, B complement"),  # a mark of few is not to be computed either
        (".", "5/2", "40/9", "55/9", "A few"),  # nothing to compute it from
        ("100/30", "5/2", ".", "55/9", "A few"),  # B would be needed to compute it
        ("100", "40", "5", "55", ""),  # no figures of enterprises
    ],
)
def test_a_city_and_its_districts(city: str, a: str, b: str, c: str, held: str) -> None:
    assert told(table(f"city A B C\noutput 2024 {city} {a} {b} {c}")) == held


@pytest.mark.parametrize(
    ("least", "held"),
    [(0, ""), (1, "A few, B complement"), (2, "A few, B few, C complement"), (9, "A few, B few, C few")],
)
def test_least_is_the_smallest_number_that_is_told(least: int, held: str) -> None:
    """No contributor at all is fewer than one: that nobody contributes is not told either."""
    assert told(table("city A B C\noutput 2024 100/30 0/0 45/1 55/8"), least=least) == held


def test_zones_overlap_districts_and_tell_nothing_of_them() -> None:
    assert told(table("city A B C Z\noutput 2024 100/30 50/9 40/9 10/9 20/2")) == "Z few"
    assert told(table("city A B C Z\noutput 2024 100/30 50/9 40/9 10/9 99/2")) == "city complement, C complement, Z few"


def test_a_district_that_is_not_there_yet_is_not_waited_for() -> None:
    gone = region(C, CITY, "district", valid_to="2023-12-31")
    later = catalogue(regions=[gone if r.code == C else r for r in REGIONS])
    cells = table("city A B\noutput 2024 45/30 5/2 40/9")
    assert told(cells) == "A few"
    assert told(cells, later) == "A few, B complement"


@pytest.mark.parametrize(
    ("how", "city", "held"),
    [
        (Aggregation.SUM, "200/30", "A few, B complement"),  # by definition, whatever the figures say
        (Aggregation.DISTINCT, "100/30", "A few, B complement"),  # it comes out, so it can be computed
        (Aggregation.DISTINCT, "90/30", "A few"),
        (Aggregation.NONE, "102/30", "A few, B complement"),  # nearly: it can nearly be computed
        (Aggregation.NONE, "–", "A few, B complement"),  # nobody can say that it does not
        (Aggregation.NONE, "200/30", "A few"),
    ],
)
def test_what_need_not_add_up_is_held_back_where_it_does(how: Aggregation, city: str, held: str) -> None:
    of = catalogue(output("listed", aggregation=how))
    assert told(table(f"city A B C\nlisted 2024 {city} 5/2 40/9 55/19"), of) == held


def test_nested_regions() -> None:
    """A city of one district tells it; the province and its other city tell the city, where they are all of it."""
    whole = "province city city2 A B C D\noutput 2024 150/40 100/30 50/9 30/9 30/9 40/9 50/2"
    assert told(table(whole)) == "province complement, city2 complement, D few"
    other = "province city city2 A B C D\noutput 2024 900/40 100/30 50/9 30/9 30/9 40/9 50/2"
    assert told(table(other)) == "city2 complement, D few"


def test_a_city_without_a_figure_is_what_its_districts_are() -> None:
    held = told(table("province city2 A B C\noutput 2024 150/40 50/9 5/2 40/12 55/19"))
    assert held == "city2 complement, A few"


# -- time --------------------------------------------------------------------------------------------------

FLOW: dict[str, Any] = {"measure": MeasureType.FLOW}


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        (
            ["2024Q1 ytd 10/5", "2024Q2 period 5/2", "2024H1 ytd 15/6"],
            "flow 2024Q1 ytd A complement, flow 2024Q2 period A few",
        ),
        (["2024Q1 ytd 10/5", "2024Q2 period 5/2", "2023H1 ytd 15/6"], "flow 2024Q2 period A few"),
        (
            ["2024Q1 ytd 10/5", "2024-01 ytd 4/5", "2024-02 month 3/2", "2024-03 month 3/4"],
            "flow 2024-02 month A few, flow 2024-03 month A complement",
        ),
        (
            ["2024-04 month 4/5", "2024-05 month 3/2", "2024-06 month 3/4", "2024Q2 period 10/9"],
            "flow 2024-05 month A few, flow 2024-06 month A complement",
        ),
        (  # the quarters between are not there, the two ends are
            ["2024Q1 ytd 4/5", "2024Q2 period 3/2", "2024Q3 period 3/2", "2024M1-9 ytd 10/9"],
            "flow 2024Q1 ytd A complement, flow 2024Q2 period A few, flow 2024Q3 period A few",
        ),
    ],
)
def test_stretches_of_a_year(lines: list[str], held: str) -> None:
    """The same two enterprises at two times are two, not four."""
    assert told(table("A\n" + "\n".join(f"flow {line}" for line in lines)), catalogue(output("flow", **FLOW))) == held


def test_a_stretch_told_by_others_adds_up_over_regions_too() -> None:
    """The city has its half year in two quarters, its districts in one figure."""
    cells = table(
        """
                              city   A     B     C
        flow 2024Q1 ytd       40/20  .     .     .
        flow 2024Q2 period    60/20  .     .     .
        flow 2024H1 ytd       .      5/2   40/9  55/9
        """
    )
    assert told(cells, catalogue(output("flow", **FLOW))) == "flow 2024H1 ytd A few, flow 2024H1 ytd B complement"


def test_regions_and_quarters_are_closed_together() -> None:
    """Hiding a neighbour is not enough where the neighbour's other quarters tell it."""
    cells = table(
        """
                              city   A     B     C
        flow 2024Q1 ytd       100/30 20/9  30/9  50/12
        flow 2024Q2 period    100/30 5/2   40/9  55/19
        flow 2024H1 ytd       200/30 25/9  70/9  105/19
        """
    )
    held = suppressed(cells, least=3, catalogue=catalogue(output("flow", **FLOW)))
    assert [key[1] for key, ground in held.items() if ground is Ground.FEW] == [A]
    assert {(key[1], key[3], key[2].month) for key in held} == {
        (A, "period", 6),
        (B, "period", 6),
        (A, "ytd", 3),
        (B, "ytd", 3),
    }


# -- parts of a whole, and ratios --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drugs", "devices", "held"),
    [
        ("60/9", "40/2", "drugs 2024 A complement, devices 2024 A few"),
        ("30/9", "40/2", "devices 2024 A few"),  # there are other parts, of which nobody knows
        (".", "40/2", "devices 2024 A few"),
    ],
)
def test_parts_that_make_up_a_whole(drugs: str, devices: str, held: str) -> None:
    of = catalogue(part("drugs"), part("devices"))
    assert told(table(f"A\noutput 2024 100/9\ndrugs 2024 {drugs}\ndevices 2024 {devices}"), of) == held


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        (["output 2024 10/2", "share 2024 5", "people 2024 2000"], "output 2024 A few, share 2024 A complement"),
        (["output 2024 10", "share 2024 5/2"], "output 2024 A complement, share 2024 A few"),
        (["output 2024 10/9", "share 2024 5/9", "people 2024 2000/2"], "share 2024 A complement, people 2024 A few"),
        (["output 2024 0/9", "share 2024 0/9", "people 2024 2000/2"], "people 2024 A few"),  # 0 of anything is 0
        (["share 2024 5/9", "people 2024 2000/2"], "people 2024 A few"),
    ],
)
def test_a_ratio_tells_what_it_is_made_of(lines: list[str], held: str) -> None:
    of = catalogue(output("people"), share())
    assert told(table("A\n" + "\n".join(lines)), of) == held


def test_ratios_of_districts_tell_each_other() -> None:
    """Populations are known, so that all but one ratio of a city's districts tell that one."""
    of = catalogue(share(top="unknown"))
    assert told(table("city A B C\nshare 2024 5/30 4/2 6/9 5/19"), of) == "A few, B complement"
    cells = "province city city2\nshare 2024 {} 4/2 6/9"
    assert told(table(cells.format("5/30")), of) == "city few, city2 complement"
    assert told(table(cells.format("7/30")), of) == "city few"  # a mean lies between


def test_what_must_be_handed_over() -> None:
    of = catalogue(part("drugs"), part("devices"), output("people"), share(), output("other"))
    family = {"output", "drugs", "devices", "share", "people"}
    assert reach([("drugs", 2024)], of) == {(name, 2024) for name in family}
    assert reach([("other", 2023), ("other", 2024)], of) == {("other", 2023), ("other", 2024)}
    assert reach([], of) == frozenset()


# -- releases after each other, and those who know more --------------------------------------------------------


def test_what_was_hidden_before_is_hidden_again() -> None:
    cells = table("city A B C\noutput 2024 100/30 5/2 40/9 55/19")
    before: list[Key] = [("output", C, year_end(2024), "")]
    assert told(cells, before=before) == "A few, C complement"
    assert told(table("city A B C\noutput 2024 100/30 5/3 40/9 55/19"), before=before) == ""


def test_what_is_out_hides_nothing() -> None:
    cells = table("city A B C\noutput 2024 100/30 5/2 40/9 55")
    out: list[Key] = [("output", B, year_end(2024), "")]
    assert told(cells, told=out) == "city complement, A few"
    assert told(cells, told=[cell.key for cell in cells]) == "A few, B complement"


def test_who_is_alone_in_a_cell_cannot_compute_another_ones() -> None:
    """Who is alone in A computes B from the city's figure, and with B and drugs the single one behind devices."""
    drawn = """
                        city   A     B     C
        output 2024     100/40 1/1   40/9  59/30
        drugs 2024      .      .     39/9  .
        devices 2024    .      .     1/{}  .
        """
    of = catalogue(part("drugs"), part("devices"))
    two, one = (told(table(drawn.format(count)), of) for count in (2, 1))
    assert two == "output 2024 A few, output 2024 B complement, devices 2024 B few"  # they would learn of two others
    assert one == two.replace(", devices", ", drugs 2024 B complement, devices")


# -- how much --------------------------------------------------------------------------------------------------


def test_the_order_of_cells_does_not_matter() -> None:
    cells = table("province city A B C\noutput 2024 150/90 100/30 5/2 40/9 55/9\noutput 2023 . 90/30 50/9 30/2 10/1")
    assert suppressed(reversed(cells), least=3, catalogue=catalogue()) == suppressed(
        cells, least=3, catalogue=catalogue()
    )


def test_only_what_hangs_on_a_small_cell_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred years one holds a small cell."""
    quiet = "\n".join(f"output {year} 100/30 5/9 40/9 55/9" for year in range(1900, 2000))
    cells = table(f"city A B C\n{quiet}\noutput 2000 100/30 5/2 40/9 55/9")
    seen: list[int] = []
    real = Relations.__init__

    def counted(self: Relations, cells: Iterable[Cell], of: Catalogue) -> None:
        handed = list(cells)
        seen.append(len(handed))
        real(self, handed, of)

    monkeypatch.setattr(Relations, "__init__", counted)
    assert told(cells) == "output 2000 A few, output 2000 B complement"
    assert told(cells[:-4]) == ""
    assert seen == [4]


# -- the law -----------------------------------------------------------------------------------------------------

PLACES = {"510000": (A, B, C, "510302"), CITY: (A, B, C), "510300": ("510302",)} | {
    code: (code,) for code in (A, B, C, "510302")
}
STRETCHES = {("2024Q1", "ytd"): (1,), ("2024Q2", "period"): (2,), ("2024H1", "ytd"): (1, 2)}
Atom = tuple[str, int]


@st.composite
def worlds(draw: st.DrawFn) -> list[Cell]:
    """Figures of a province over two quarters that add up; some are not there, some of enterprises, some of few."""
    atoms = {atom: draw(st.integers(0, 50)) for atom in product(PLACES["510000"], (1, 2))}
    counts = st.one_of(st.none(), st.sampled_from((0, 1, 1, 2, 2, 3, 4, 9)))
    cells = []
    for (place, districts), ((period, accumulation), quarters) in product(PLACES.items(), STRETCHES.items()):
        if draw(st.integers(0, 6)):
            key = ("flow", place, Period.parse(period).end, accumulation)
            value = sum(atoms[atom] for atom in product(districts, quarters))
            cells.append(Cell(key, period, float(value), draw(counts)))
    return cells


def form(cell: Cell) -> dict[Atom, Fraction]:
    """A cell as the atoms it is made of: a district in a quarter."""
    quarters = STRETCHES[cell.period, cell.key[3]]
    return {atom: Fraction(1) for atom in product(PLACES[cell.region], quarters)}


def basis(forms: Iterable[dict[Atom, Fraction]]) -> list[tuple[Atom, dict[Atom, Fraction]]]:
    found: list[tuple[Atom, dict[Atom, Fraction]]] = []
    for one in forms:
        if left := remainder(one, found):
            found.append((next(iter(left)), left))
    return found


def remainder(one: dict[Atom, Fraction], by: Sequence[tuple[Atom, dict[Atom, Fraction]]]) -> dict[Atom, Fraction]:
    left = dict(one)
    for lead, row in by:
        if times := left.get(lead, Fraction(0)) / row[lead]:
            left = {a: left.get(a, Fraction(0)) - times * row.get(a, Fraction(0)) for a in {*left, *row}}
            left = {a: number for a, number in left.items() if number}
    return left


def computable(wanted: Iterable[Cell], known: Iterable[Cell]) -> list[Cell]:
    """Which of the wanted cells are a linear combination of the known ones."""
    by = basis(map(form, known))
    return [cell for cell in wanted if not remainder(form(cell), by)]


FLOWS = catalogue(output("flow", **FLOW))


def is_few(cell: Cell) -> bool:
    return cell.contributors is not None and cell.contributors < 3


@lawful
@given(worlds())
def test_nothing_held_back_can_be_computed(cells: list[Cell]) -> None:
    held = suppressed(cells, least=3, catalogue=FLOWS)
    shown = [cell for cell in cells if cell.key not in held]
    hidden = [cell for cell in cells if cell.key in held]
    assert {key for key, ground in held.items() if ground is Ground.FEW} == {cell.key for cell in cells if is_few(cell)}
    assert computable(hidden, shown) == []


def test_a_complement_that_the_others_tell_is_published() -> None:
    """Of what was hidden on the way, nothing stays hidden in vain."""
    cells = table(
        """
                           province city  city2 A     B     C     D
        flow 2024Q1 ytd    .        30/1  .     10/2  10/2  10/9  10/9
        flow 2024Q2 period 40/2     30/1  10/9  .     10    10    10
        flow 2024H1 ytd    80/9     60/9  20/2  20/9  20/9  20    20/9
        """
    )
    held = suppressed(cells, least=3, catalogue=FLOWS)
    assert set(held.values()) == {Ground.FEW, Ground.COMPLEMENT}
    assert computable((c for c in cells if c.key in held), (c for c in cells if c.key not in held)) == []


@lawful
@given(worlds())
def test_no_sum_of_few_is_given_away(cells: list[Cell]) -> None:
    """Two districts of few enterprises together, or two quarters of one, where both count as fewer than three."""
    held = suppressed(cells, least=3, catalogue=FLOWS)
    by = basis(form(cell) for cell in cells if cell.key not in held)
    few = [cell for cell in cells if is_few(cell) and len(PLACES[cell.region]) == 1 and cell.region != CITY]
    for one, other in product(few, few):
        same = one.region == other.region
        if one.key < other.key and (same or (one.contributors or 0) + (other.contributors or 0) < 3):
            terms = [*form(one).items(), *form(other).items()]
            both = {atom: sum((n for a, n in terms if a == atom), Fraction(0)) for atom, _ in terms}
            assert remainder(both, by)


@lawful
@given(worlds())
def test_without_small_cells_nothing_is_held_back(cells: Collection[Cell]) -> None:
    big = [cell for cell in cells if not is_few(cell)]
    assert suppressed(big, least=3, catalogue=FLOWS) == {}
    assert suppressed(cells, least=0, catalogue=FLOWS) == {}
