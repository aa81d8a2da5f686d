"""The address of a page on paper."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Xml

import segno

from dashboard.public.site.qr import qr_svg

ADDRESS = "https://data.example/zb/indicators/beds-per-1000/510100/?a=1&b=2"


def test_it_is_one_small_drawing_without_styles_or_scripts() -> None:
    drawn = qr_svg(ADDRESS)
    svg = Xml.fromstring(drawn)
    assert {element.tag for element in svg.iter()} == {"svg", "title", "path"}
    assert svg.findtext("title") == ADDRESS
    assert not {name for element in svg.iter() for name in element.attrib} & {"style", "href", "onload"}
    assert len(drawn) < 4000


def test_its_marks_are_those_of_the_address() -> None:
    """Each row of dark modules is a run `h` of the path, so together they are as many as the code has."""
    path = Xml.fromstring(qr_svg(ADDRESS)).findall("path")[-1].get("d", "")
    dark = sum(map(sum, segno.make(ADDRESS, error="m", micro=False).matrix))
    assert sum(map(int, re.findall(r"h(\d+)", path))) == dark > 400
