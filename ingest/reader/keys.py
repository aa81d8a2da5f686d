"""What a row says it is about: indicator, region, period, and what else stands beside its figures."""

from __future__ import annotations

from indicators.catalogue import fold
from ingest.columns import COLUMNS
from ingest.reader.rows import CODED, FIGURES, Table, cell
from ingest.reader.spoken import CODE, is_total

__all__ = ["keys_of", "other_region", "remember"]

_DITTO = ("〃", "″", "〞", "同上")
_TEXTS = tuple(name for name in COLUMNS if name not in FIGURES)


def keys_of(table: Table, row: int, cells: list[str]) -> dict[str, str] | None:
    """What the row says it is about; None where it is no row of figures. Empty where a key is not given."""
    keys = {role: _key(table, row, cells, role) for role in _TEXTS} | {CODE: ""}
    for role in ("region", "indicator"):
        if is_total(keys[role]) and fold(keys[role]) not in table.spoken.catalogue.region_names:
            if role == "indicator" or table.above.region is None or not table.counts_all(keys[role]):
                table.notice("row_total", row, table.heading.one(role), found=keys[role])
                return None
            keys[role] = table.above.region.text
            table.leant_on.add(role)
    if table.template and not _coded(table, row, cells, keys):
        return None
    _own_name(table, row, keys)
    lines = {"region": table.above.region, "period": table.above.period, "indicator": table.above.indicator}
    for role, line in lines.items():
        if line and not keys[role] and not table.heading.one(role) and not table.fixed(role):
            keys[role] = line.text
            table.leant_on.add(role)
    if not keys["region"]:
        keys["region"], keys["region_code"] = keys["region_code"], ""
    return keys


def remember(table: Table, row: int, cells: list[str]) -> None:
    """Keep what a row that is not read says, for the 〃 under it."""
    for role in _TEXTS:
        _key(table, row, cells, role)


def _key(table: Table, row: int, cells: list[str], role: str) -> str:
    """A key cell's text, or that of the merged cells it is part of."""
    column = table.heading.one(role)
    if column is None:
        return ""
    if text := cell(cells, column):
        if text in _DITTO:
            text = table.before.get(role, text)
        table.before[role] = text
        return text
    area = table.merged(row, column)
    top = table.texts.get(area.top, []) if area else []
    return top[area.left].strip() if area and area.left < len(top) else ""


def _coded(table: Table, row: int, cells: list[str], keys: dict[str, str]) -> bool:
    """Let the row's code decide what it is about; False for a row without a code or with one that is broken."""
    codes = table.heading.one(CODE)
    text = cell(cells, codes)
    found = CODED.fullmatch(text)
    if found:
        keys["indicator"], keys["region"], keys["region_code"], keys[CODE] = found[1], found[2], "", text
        return True
    figures = any(cell(cells, c) for slot in table.slots for c in slot.columns)
    if text or figures:
        table.refuse("code_unreadable", row, codes, found=text)
    else:
        table.notice("row_heading", row, found=next(t.strip() for t in cells if t.strip()))
    return False


def other_region(table: Table, row: int, said: str) -> None:
    """Say once of which region a former or shorter name was read: 从化市, 双流."""
    catalogue = table.spoken.catalogue
    region = catalogue.regions.get(catalogue.region_names.get(fold(said), ""))
    if region is None or table.template or fold(said) in map(fold, (region.code, region.name_zh, region.name_en)):
        return
    if said not in table.renamed:
        table.renamed.add(said)
        table.notice("name_read_as", row, table.heading.one("region"), found=said, name=region.name_zh)


def _own_name(table: Table, row: int, keys: dict[str, str]) -> None:
    """Read 其中:二级医院, #床位数 or 床位数(张) as the catalogue's own name."""
    said = keys["indicator"]
    name, unit = table.spoken.indicator(said)
    if name != said:
        keys["indicator"] = name
        keys["unit"] = keys["unit"] or unit
        table.notice("name_read_as", row, table.heading.one("indicator"), found=said, name=name)
