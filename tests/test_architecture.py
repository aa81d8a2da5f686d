"""The walls of the house: who may import whom, and what each room keeps to itself. One table, read by AST."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("dashboard", "ingest", "indicators")
FILES = sorted(f for package in PACKAGES for f in (ROOT / package).rglob("*.py"))
DOORS = [ROOT / "streamlit_app.py", ROOT / "zhibiao.py"]

# a room → the rooms of ours it may import; the longest matching name speaks for a file
MAY_IMPORT = {
    "indicators": ("indicators",),
    "indicators/store": ("indicators",),
    "ingest": ("ingest", "indicators"),
    "dashboard": ("dashboard", "ingest", "indicators"),
    # what faces the public knows a snapshot, and neither store, accounts nor who asks
    "dashboard/public": (
        "dashboard.charts",
        "dashboard.figures",
        "dashboard.gate.limits",
        "dashboard.i18n",
        "dashboard.look",
        "dashboard.public",
        "dashboard.verdict",
        "indicators",
        "ingest.export",
        "ingest.hosts",
        "ingest.public_settings",
        "ingest.released",
        "ingest.shelf",
    ),
    # its interactive page is drawn by Streamlit, with what of our pages and their gate knows nobody
    "dashboard/public/explore": (
        "dashboard.assets",
        "dashboard.charts",
        "dashboard.components.captions",
        "dashboard.components.dossier",
        "dashboard.components.markup",
        "dashboard.figures",
        "dashboard.gate.asked",
        "dashboard.gate.limits",
        "dashboard.gate.messages",
        "dashboard.gate.plain",
        "dashboard.headers",
        "dashboard.i18n",
        "dashboard.incidents",
        "dashboard.index_page",
        "dashboard.kept",
        "dashboard.packed",
        "dashboard.public",
        "dashboard.verdict",
        "indicators",
        "ingest.shelf",
    ),
    "dashboard/charts": ("dashboard.charts", "dashboard.figures", "dashboard.i18n", "indicators"),
}
# inside indicators/ the core may not open the store's door; nor may the public side
FORBIDDEN = {
    "indicators": ("indicators.store",),
    "dashboard/public": ("indicators.store.Store", "indicators.store.store", "indicators.store.press"),
    "dashboard/public/explore": ("indicators.store.Store", "indicators.store.store", "indicators.store.press"),
}
# a library → the rooms it may be used in
CONFINED = {
    "duckdb": ("indicators/store",),
    "pandera": ("ingest",),
    "openpyxl": ("ingest",),
    "fastexcel": ("ingest",),
    "altair": ("dashboard/charts",),
    "vl_convert": ("dashboard/charts",),
    "streamlit": ("dashboard", "streamlit_app.py"),
    "uvicorn": ("dashboard/public/serving", "streamlit_app.py"),
    "h11": ("dashboard/public/serving",),
    "fastapi": ("dashboard/public/api",),
    "starlette": (
        "dashboard/assets.py",
        "dashboard/gate",
        "dashboard/headers.py",
        "dashboard/index_page.py",
        "dashboard/oidc",
        "dashboard/packed.py",
        "dashboard/public/explore",
        "dashboard/public/api",
        "dashboard/public/serving",
        "streamlit_app.py",
    ),
    "authlib": ("dashboard/oidc",),
    "httpx2": ("dashboard/oidc",),
    "joserfc": ("dashboard/oidc",),
}


def imports(file: Path) -> Iterator[str]:
    """Full names of the modules a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, places: tuple[str, ...], separator: str = ".") -> bool:
    return any(name == place or name.startswith(place + separator) for place in places)


def room(file: Path) -> str:
    place = file.relative_to(ROOT).as_posix()
    return max((r for r in MAY_IMPORT if place.startswith(r + "/")), key=len)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_imports_go_to_the_right_and_never_back(file: Path) -> None:
    mine = room(file)
    for name in imports(file):
        if name.split(".")[0] in PACKAGES:
            assert within(name, MAY_IMPORT[mine]), f"{mine} may not import {name}"
            assert not within(name, FORBIDDEN.get(mine, ())), f"{mine} may not import {name}"


@pytest.mark.parametrize("file", [*FILES, *DOORS], ids=lambda f: f.relative_to(ROOT).as_posix())
def test_libraries_stay_in_their_rooms(file: Path) -> None:
    place = file.relative_to(ROOT).as_posix()
    for name in imports(file):
        rooms = CONFINED.get(name.split(".")[0])
        assert rooms is None or within(place, rooms, "/"), f"{name.split('.')[0]} is confined to {rooms}"
        assert not (name.startswith("streamlit") and place.startswith("dashboard/charts")), "charts know no Streamlit"


def test_the_readers_child_imports_nothing_but_python() -> None:
    names = {name.split(".")[0] for name in imports(ROOT / "ingest" / "reader" / "child.py")}
    assert names <= sys.stdlib_module_names


def test_E02_no_folder_is_named_pages() -> None:
    """Streamlit runs the files of such a folder without asking."""
    skipped = {".venv", ".git", "node_modules"}
    found = [p for p in ROOT.rglob("pages") if p.is_dir() and not skipped & set(p.parts)]
    assert not found


def test_facts_are_only_ever_added() -> None:
    sql = list((ROOT / "indicators" / "store").rglob("*.sql"))
    assert len(sql) > 5
    for file in sql:
        code = re.sub(r"--.*", "", file.read_text(encoding="utf-8")).upper()
        assert not re.search(r"\b(UPDATE|DELETE|DROP|TRUNCATE|PRIMARY KEY|SEQUENCE|INDEX|UNIQUE)\b", code), file.name


@pytest.mark.parametrize("file", sorted((ROOT / "dashboard" / "screens").glob("[!_]*.py")), ids=lambda f: f.stem)
def test_nothing_clever_in_a_screen(file: Path) -> None:
    """No SQL, no arithmetic, no literal sentence, no loop with a condition."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {
        ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, ast.Module | ast.FunctionDef)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            assert isinstance(node.op, ast.Add), f"{file.name}:{node.lineno} computes"
        if isinstance(node, ast.For | ast.While):
            assert not any(isinstance(n, ast.If) for n in ast.walk(node)), (
                f"{file.name}:{node.lineno} loops and decides"
            )
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docstrings:
            assert not re.search(r"[\u4e00-\u9fff]|\w+ \w+ \w+|SELECT", node.value), f"{file.name}: {node.value!r}"
