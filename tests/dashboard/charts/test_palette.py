"""The status colours, measured: legible on their ground, and told apart by every reader.

The colour arithmetic is written out here in plain Python, apart from whatever chose the colours, so
that the palette is proved by something other than its own making.
"""

import re
from dataclasses import asdict
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

import pytest

from dashboard.charts.palette import DARK, LIGHT, STATUS, Ground

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

CODES = (
    "achieved_early",
    "ahead",
    "on_schedule",
    "watch",
    "behind",
    "far_behind",
    "exceeded",
    "completed",
    "nearly_completed",
    "missed",
    "in_progress",
    "no_data",
    "not_assessable",
)

APART = 15.0
# CIEDE2000 is the stricter formula; 15 by it is out of reach for thirteen meaningful colours, so
# these hold the line at what the ramp does reach.
APART_CIEDE2000 = {"light": 9.0, "dark": 10.0}
READABLE = 4.5

GROUNDS = {"light": LIGHT, "dark": DARK}

# Machado, Oliveira & Fernandes (2009), severity 1.0; they apply to linear RGB.
VISIONS: dict[str, Matrix] = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}

SRGB_TO_XYZ: Matrix = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
D65: Triple = (0.95047, 1.0, 1.08883)


def times(matrix: Matrix, v: Triple) -> Triple:
    a, b, c = (row[0] * v[0] + row[1] * v[1] + row[2] * v[2] for row in matrix)
    return a, b, c


def linear_rgb(colour: str) -> Triple:
    def channel(at: int) -> float:
        c = int(colour[at : at + 2], 16) / 255
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    return channel(1), channel(3), channel(5)


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""

    def luminance(colour: str) -> float:
        r, g, b = linear_rgb(colour)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, vision: str = "normal") -> Triple:
    """CIE L*a*b* (D65) of the colour as that vision sees it."""
    # A screen cannot show what the matrix throws outside its gamut, hence the clipping.
    r, g, b = (min(1.0, max(0.0, c)) for c in times(VISIONS[vision], linear_rgb(colour)))

    def f(t: float) -> float:
        return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    x, y, z = (f(c / white) for c, white in zip(times(SRGB_TO_XYZ, (r, g, b)), D65, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def cie76(one: Triple, other: Triple) -> float:
    return sqrt(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)))


def ciede2000(one: Triple, other: Triple) -> float:
    """Sharma, Wu & Dalal (2005), with unit weights."""
    l1, a1, b1 = one
    l2, a2, b2 = other
    mean_c7 = ((hypot(a1, b1) + hypot(a2, b2)) / 2) ** 7
    stretch = 1 + 0.5 * (1 - sqrt(mean_c7 / (mean_c7 + 25**7)))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = degrees(atan2(b1, a1)) % 360, degrees(atan2(b2, a2)) % 360
    grey = c1 * c2 == 0  # a grey has no hue to differ in

    turn = 0.0 if grey else (h2 - h1 + 180) % 360 - 180
    dl, dc, dh = l2 - l1, c2 - c1, 2 * sqrt(c1 * c2) * sin(radians(turn / 2))
    ml, mc = (l1 + l2) / 2, (c1 + c2) / 2
    mh = h1 + h2 if grey else (h1 + turn / 2) % 360

    t = (
        1
        - 0.17 * cos(radians(mh - 30))
        + 0.24 * cos(radians(2 * mh))
        + 0.32 * cos(radians(3 * mh + 6))
        - 0.20 * cos(radians(4 * mh - 63))
    )
    sl = 1 + 0.015 * (ml - 50) ** 2 / sqrt(20 + (ml - 50) ** 2)
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    rt = -2 * sqrt(mc**7 / (mc**7 + 25**7)) * sin(radians(60 * exp(-(((mh - 275) / 25) ** 2))))
    return sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh))


def status_colours(ground: str) -> dict[str, str]:
    return {code: look.light if ground == "light" else look.dark for code, look in STATUS.items()}


def colours_of(ground: Ground) -> dict[str, str]:
    return asdict(ground)


# The arithmetic itself, against published figures: a test that measures wrongly proves nothing.


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_lab_of_the_srgb_red() -> None:
    assert lab("#FF0000") == pytest.approx((53.24, 80.09, 67.20), abs=0.02)


@pytest.mark.parametrize("vision", VISIONS)
def test_greys_look_grey_to_every_vision(vision: str) -> None:
    _, a, b = lab("#808080", vision)
    assert hypot(a, b) < 0.1


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_ciede2000_gives_the_published_figures(one: Triple, other: Triple, expected: float) -> None:
    assert ciede2000(one, other) == pytest.approx(expected, abs=1e-4)


# The statuses.


def test_every_code_has_a_look_in_the_order_of_the_codes() -> None:
    assert tuple(STATUS) == CODES


def test_every_code_has_an_icon_and_no_two_share_one() -> None:
    icons = [look.icon for look in STATUS.values()]
    assert all(1 <= len(icon) <= 2 and not icon.isspace() for icon in icons), f"{icons}"
    shared = [
        f"{one} / {other}: {a.icon}" for (one, a), (other, b) in combinations(STATUS.items(), 2) if a.icon == b.icon
    ]
    assert not shared, f"one icon for two statuses: {shared}"


def test_the_ramp_cannot_be_changed_by_a_passing_screen() -> None:
    with pytest.raises(TypeError):
        STATUS["watch"] = STATUS["behind"]  # type: ignore[index]


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_colour_is_written_as_six_digits(ground: str) -> None:
    written = {**status_colours(ground), **colours_of(GROUNDS[ground])}
    odd = {name: value for name, value in written.items() if not re.fullmatch(r"#[0-9A-F]{6}", value)}
    assert not odd


@pytest.mark.parametrize("under", ["card", "page"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("code", CODES)
def test_a_status_can_be_read_on_card_and_page(code: str, ground: str, under: str) -> None:
    colour, back = status_colours(ground)[code], colours_of(GROUNDS[ground])[under]
    ratio = contrast(colour, back)
    assert ratio >= READABLE, f"{code} {colour} on the {ground} {under} {back}: {ratio:.2f}:1"


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_any_two_statuses_can_be_told_apart(ground: str, vision: str) -> None:
    close = [
        f"{one} {a} / {other} {b}: {difference:.2f}"
        for (one, a), (other, b) in combinations(status_colours(ground).items(), 2)
        if (difference := cie76(lab(a, vision), lab(b, vision))) < APART
    ]
    assert not close, f"closer than {APART} on {ground}, {vision}: {close}"


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_any_two_statuses_stay_as_far_apart_by_ciede2000_as_was_reached(ground: str, vision: str) -> None:
    floor = APART_CIEDE2000[ground]
    close = [
        f"{one} {a} / {other} {b}: {difference:.2f}"
        for (one, a), (other, b) in combinations(status_colours(ground).items(), 2)
        if (difference := ciede2000(lab(a, vision), lab(b, vision))) < floor
    ]
    assert not close, f"closer than {floor} on {ground}, {vision}: {close}"


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", ["accent", "ink"])
def test_neither_a_link_nor_plain_text_passes_for_a_status(name: str, ground: str, vision: str) -> None:
    other = colours_of(GROUNDS[ground])[name]
    close = [
        f"{code} {colour}: {difference:.2f}"
        for code, colour in status_colours(ground).items()
        if (difference := cie76(lab(colour, vision), lab(other, vision))) < APART
    ]
    assert not close, f"closer than {APART} to the {ground} {name} {other}, {vision}: {close}"


# The grounds.


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("ink", "card"),
        ("ink", "page"),
        ("ink", "accent_soft"),
        ("muted", "card"),
        ("muted", "page"),
        ("accent", "card"),
        ("accent", "page"),
        ("accent", "accent_soft"),
        ("warn_ink", "warn_bg"),
    ],
)
def test_text_can_be_read_on_what_it_stands_on(ground: str, text: str, under: str) -> None:
    colours = colours_of(GROUNDS[ground])
    ratio = contrast(colours[text], colours[under])
    assert ratio >= READABLE, f"{text} {colours[text]} on {ground} {under} {colours[under]}: {ratio:.2f}:1"
