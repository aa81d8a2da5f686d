"""The colours of the dashboard: one look for each status, and the two grounds they stand on.

Colour never speaks alone here (each status also has an icon and its word), but it has to hold up by
itself on a crowded chart, for a reader with red-green colour blindness too. So these are not picked
by eye: the ramp was found by a random-restart annealing search in OKLCH, with an anchor for each
status (teal greens for good, ochre for watch, vermilion for behind, crimson for far behind; a final
word takes the hue of its schedule cousin), and ``tests/dashboard/charts/test_palette.py`` measures
the result afresh. On each ground, light and dark:

* every status, as text or mark, stands at 4.5:1 or more (WCAG 2) on the card and on the page;
* any two statuses differ by at least 15 (CIE76, Lab D65), for normal vision and for full
  deuteranopia and protanopia (Machado, Oliveira & Fernandes 2009, severity 1.0, in linear RGB);
* the accent and the ink stand off from every status by the same measure.

By the stricter CIEDE2000 the closest two statuses differ by 9.1 on light and 10.4 on dark. Fifteen by
that formula was out of reach for colours that mean something: with no regard for meaning, the best
thirteen a search found stood 15.2 apart on light (near-blacks beside pure blue) and 14.9 on dark (pure
yellow beside near-whites); with two more for an accent and an ink, under 14 on both.

Light and dark are kept as plain ``#RRGGBB``. A change to any of them is a change to run the tests on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a status is drawn: its icon, and its colour on each ground."""

    icon: str
    light: str
    dark: str


# Icons are plain text glyphs, found in Noto Sans CJK and the usual system fonts, none of which turns
# into a coloured emoji. Schedule words are solid shapes that point the way things are going; final words
# and the rest are signs, so a chart can be read by shape too.
STATUS: Mapping[str, StatusLook] = MappingProxyType(
    {
        "achieved_early": StatusLook("▲▲", "#0B4131", "#70D6B4"),  # 提前完成
        "ahead": StatusLook("▲", "#118368", "#009A66"),  # 快于时序
        "on_schedule": StatusLook("●", "#12808A", "#7CC7C9"),  # 达到时序进度
        "watch": StatusLook("◆", "#A26700", "#FCCE6A"),  # 基本达到(关注)
        "behind": StatusLook("▼", "#9A2700", "#D96B06"),  # 滞后
        "far_behind": StatusLook("▼▼", "#77070B", "#EA515E"),  # 严重滞后
        "exceeded": StatusLook("★", "#335834", "#A8F3B3"),  # 超额完成
        "completed": StatusLook("✓", "#0077A9", "#71D2F8"),  # 完成
        "nearly_completed": StatusLook("≈", "#787647", "#CFA758"),  # 基本完成
        "missed": StatusLook("×", "#550112", "#F38F90"),  # 未完成
        "in_progress": StatusLook("→", "#3E5074", "#879FC4"),  # 推进中
        "no_data": StatusLook("—", "#4F535D", "#908E99"),  # 暂无数据
        "not_assessable": StatusLook("?", "#43266F", "#8B77C6"),  # 无法评估
    }
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything else stands on; ``warn_*`` is the banner over sample data."""

    page: str
    card: str
    ink: str
    muted: str
    line: str
    accent: str
    accent_soft: str
    warn_bg: str
    warn_ink: str


LIGHT = Ground(
    page="#FAFBFD",
    card="#FFFFFF",
    ink="#1B2430",
    muted="#566172",
    line="#DDE3EA",
    accent="#0054AC",
    accent_soft="#E6EFF9",
    warn_bg="#FFF4DB",
    warn_ink="#6B4A00",
)

DARK = Ground(
    page="#0F1319",
    card="#171C24",
    ink="#E8ECF2",
    muted="#9AA6B6",
    line="#2B3340",
    accent="#5AA8FF",
    accent_soft="#1A2C45",
    warn_bg="#3A2E12",
    warn_ink="#F3D48B",
)


def status_colour(status: str, ground: Ground) -> str:
    """The colour of a status on a ground."""
    look = STATUS[status]
    return look.dark if ground is DARK else look.light
