"""Which release is served, whatever state the folder is in: the last good one, and why, until a better one is there."""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.public.serving.addresses import Addresses
from dashboard.public.serving.ready import Kept
from dashboard.public.serving.watch import NoRelease, Watch
from indicators.store.snapshot import MANIFEST, PAGES, SNAPSHOT, SnapshotError
from ingest.shelf import CURRENT
from tests.public_site import Releases, asking, pages, point

Damage = Callable[[Path], object]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def served(watch: Watch) -> int:
    return watch.snapshot().release.number


def flipped(file: Path, *, at: float) -> None:
    """Turn eight bytes of a file over, `at` a share of its length."""
    raw = bytearray(file.read_bytes())
    start = int(at * (len(raw) - 8))
    raw[start : start + 8] = bytes(byte ^ 0xFF for byte in raw[start : start + 8])
    file.write_bytes(bytes(raw))


_PLACES = (0, 0.1, 0.5, 0.9, 1)
# what may be wrong with the folder of a release that the shelf points to
DAMAGE: dict[str, Damage] = {
    "no snapshot": lambda folder: (folder / SNAPSHOT).unlink(),
    "an empty snapshot": lambda folder: (folder / SNAPSHOT).write_bytes(b""),
    "half a snapshot": lambda folder: (folder / SNAPSHOT).write_bytes((folder / SNAPSHOT).read_bytes()[:4096]),
    "a snapshot of text": lambda folder: (folder / SNAPSHOT).write_text("not a database"),
    "no list of files": lambda folder: (folder / MANIFEST).unlink(),
    "half a list of files": lambda folder: (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes()[:99]),
    "another list of files": lambda folder: (folder / MANIFEST).write_text('{"release": 2, "files": {}}'),
    "a table missing": lambda folder: (folder / "parquet" / "figure.parquet").unlink(),
    "a table altered": lambda folder: flipped(folder / "parquet" / "figure.parquet", at=0.5),
    "no pages": lambda folder: shutil.rmtree(folder / "site"),
    "no folder": lambda folder: shutil.rmtree(folder),
    **{
        f"bytes altered at {at}": lambda folder, at=at: flipped(folder / SNAPSHOT, at=at)
        for at in (0, 0.1, 0.5, 0.9, 1)
    },
}
damaged = pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())


def test_F20_a_new_release_is_seen_without_a_restart(tmp_path: Path, two_releases: Releases) -> None:
    two_releases.put_out(tmp_path, 1)
    with asking(tmp_path) as here:
        first = here.watch.snapshot()
        two_releases.put_out(tmp_path, 2)
        assert b"release 1" in here.ask("/").body  # until it is looked for
        here.watch.look()
        assert b"release 2" in here.ask("/").body
        assert here.watch.snapshot().release.number == 2
        assert b"release 1" in here.ask("/releases/1/").body
        assert first.ask("info").height == 1, "whoever reads from the old one may finish"


def test_the_old_snapshot_is_closed_after_a_while(tmp_path: Path, two_releases: Releases) -> None:
    two_releases.put_out(tmp_path, 1)
    clock = Clock()
    watch = Watch(tmp_path, now=clock)
    watch.look()
    first = watch.snapshot()
    two_releases.put_out(tmp_path, 2)
    watch.look()
    assert first.ask("info").height == 1
    clock.now += 121
    watch.look()
    with pytest.raises(Exception, match="(?i)closed"):
        first.ask("info")
    watch.close()


@damaged
def test_F19_a_damaged_release_leaves_the_last_good_one_in_place(
    tmp_path: Path, two_releases: Releases, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    two_releases.put_out(tmp_path, 1)
    with asking(tmp_path) as here:
        damage(two_releases.put_out(tmp_path, 2))
        for _ in range(3):
            here.watch.look()
        assert served(here.watch) == 1
        assert b"release 1" in here.ask("/").body
        assert b"release 1" in here.ask("/releases/1/").body
        assert here.ask("/releases/2/").status == 404
        health = json.loads(here.ask("/healthz").body)
        assert (health["status"], health["release"]) == ("behind", 1)
        assert len(caplog.records) == 1, "said once"
        shutil.rmtree(tmp_path / two_releases.folder(2).name, ignore_errors=True)
        two_releases.put_out(tmp_path, 2)  # and mended
        here.watch.look()
        assert served(here.watch) == 2
        assert json.loads(here.ask("/healthz").body)["status"] == "ok"


@damaged
def test_F19_after_a_start_the_newest_good_release_is_served(
    tmp_path: Path, two_releases: Releases, damage: Damage
) -> None:
    two_releases.put_out(tmp_path, 1)
    damage(two_releases.put_out(tmp_path, 2))
    with asking(tmp_path) as here:
        assert served(here.watch) == 1
        assert json.loads(here.ask("/healthz").body)["status"] == "behind"
        assert here.ask("/releases/2/").status == 404


@pytest.mark.parametrize("length", [0, 1, 20, 40, 70, -2, -1])
def test_F19_a_torn_pointer_leaves_the_last_good_release_in_place(
    tmp_path: Path, two_releases: Releases, length: int
) -> None:
    two_releases.put_out(tmp_path, 1)
    with asking(tmp_path) as here:
        two_releases.put_out(tmp_path, 2)
        whole = (tmp_path / CURRENT).read_bytes()
        (tmp_path / CURRENT).write_bytes(whole[:length])
        here.watch.look()
        assert served(here.watch) == 1
        assert json.loads(here.ask("/healthz").body)["trouble"] == "torn"
        (tmp_path / CURRENT).write_bytes(whole + b"\n")
        here.watch.look()
        assert served(here.watch) == 2


def test_F19_with_a_torn_pointer_at_the_start_the_newest_good_release_is_served(
    tmp_path: Path, two_releases: Releases
) -> None:
    two_releases.put_out(tmp_path, 1)
    two_releases.put_out(tmp_path, 2)
    (tmp_path / CURRENT).write_text('{"release": 2, "fol', encoding="utf-8")
    with asking(tmp_path) as here:
        assert served(here.watch) == 2
        assert b"release 1" in here.ask("/releases/1/").body


@pytest.mark.parametrize("name", ["../release-1-000000000000", "release-2-000000000000", "", "/", "store", None, 7])
def test_a_pointer_to_somewhere_else_is_not_followed(
    tmp_path: Path, two_releases: Releases, name: str | int | None
) -> None:
    two_releases.put_out(tmp_path, 1)
    with asking(tmp_path) as here:
        (tmp_path / CURRENT).write_text(json.dumps({"release": 2, "folder": name}), encoding="utf-8")
        here.watch.look()
        assert served(here.watch) == 1


def test_F19_a_release_that_is_not_pointed_to_is_not_out(tmp_path: Path, two_releases: Releases) -> None:
    two_releases.put_out(tmp_path, 1)
    two_releases.put_out(tmp_path, 2, pointed=False)  # killed between the folder and the pointer
    with asking(tmp_path) as here:
        assert served(here.watch) == 1
        assert here.ask("/releases/2/").status == 404
        assert json.loads(here.ask("/healthz").body)["status"] == "ok"


def test_F19_a_folder_under_another_ones_name_is_refused(tmp_path: Path, two_releases: Releases) -> None:
    two_releases.put_out(tmp_path, 1)
    with asking(tmp_path) as here:
        shutil.copytree(two_releases.folder(1), tmp_path / two_releases.folder(2).name)
        point(tmp_path, 2, two_releases.folder(2).name)
        here.watch.look()
        assert here.watch.trouble == "damaged"


def test_pages_in_memory_outlive_their_disk(tmp_path: Path, two_releases: Releases) -> None:
    two_releases.put_out(tmp_path, 1)
    with asking(tmp_path) as here:
        assert here.ask("/").status == 200
        shutil.rmtree(tmp_path)
        here.watch.look()
        assert b"release 1" in here.ask("/").body
        lost = here.ask("/en/")
        assert (lost.status, lost.headers["retry-after"]) == (503, "61")
        assert json.loads(here.ask("/healthz").body)["status"] == "behind"


def test_a_page_that_changed_since_it_was_listed_is_not_served(tmp_path: Path, two_releases: Releases) -> None:
    folder = two_releases.put_out(tmp_path, 1)
    with asking(tmp_path) as here:
        page = folder / "site" / "index.html"
        page.write_bytes(page.read_bytes() + b"<p>more")
        assert here.ask("/").status == 503
        large = folder / "site" / "all.csv"
        large.write_bytes(large.read_bytes()[:300_000])
        assert here.ask("/all.csv").status == 503


def test_gzip_beside_a_page_is_sent_only_where_it_holds_the_page(tmp_path: Path, two_releases: Releases) -> None:
    folder = two_releases.put_out(tmp_path, 1)
    for name in ("index.html.gz", "all.csv.gz"):
        flipped(folder / "site" / name, at=0.5)
    with asking(tmp_path) as here:
        assert here.ask("/all.csv", Accept_Encoding="gzip").body == pages(1)["all.csv"]
        assert gzip.decompress(here.ask("/", Accept_Encoding="gzip").body) == pages(1)["index.html"]


# -- what lies behind ----------------------------------------------------------------------------------------


def test_without_a_release_there_is_no_snapshot(tmp_path: Path) -> None:
    watch = Watch(tmp_path / "nothing")
    watch.look()
    with pytest.raises(NoRelease):
        watch.snapshot()
    assert watch.trouble == ""


def test_an_older_snapshot_is_to_be_had_by_its_number(two_releases: Releases) -> None:
    watch = Watch(two_releases.made)
    watch.look()
    older = watch.released(1)
    assert older is not None and older.release.number == 1
    assert watch.released(1) is older
    assert watch.released(2) is watch.snapshot()
    assert watch.released(3) is None
    watch.close()


def test_links_in_a_site_are_not_followed(tmp_path: Path, two_releases: Releases) -> None:
    folder = two_releases.put_out(tmp_path, 1)
    (tmp_path / "secret.txt").write_text("not for readers")
    (folder / "site" / "secret.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "site" / "outside").symlink_to(tmp_path, target_is_directory=True)
    known = Addresses(folder)
    assert not [address for address in known if "secret" in address or "outside" in address]
    assert "/index.html" in known and "/" in known


def test_pages_that_the_release_lists_must_be_there(tmp_path: Path, two_releases: Releases) -> None:
    folder = two_releases.put_out(tmp_path, 1)
    listed = {"release": 1, "files": {"site/index.html": {"sha256": "0" * 64, "bytes": len(pages(1)["index.html"])}}}
    (folder / PAGES).write_text(json.dumps(listed), "utf-8")
    assert set(Addresses(folder)) == {"/", "/index.html"}
    listed["files"]["site/index.html"]["bytes"] += 1
    (folder / PAGES).write_text(json.dumps(listed), "utf-8")
    with pytest.raises(SnapshotError, match="not as long"):
        Addresses(folder)


def test_memory_is_bounded(two_releases: Releases) -> None:
    known = Addresses(two_releases.folder(1))
    small = [file for address, file in known.items() if file.size < 10_000 and not address.endswith("/")]
    kept = Kept(most=30_000)
    with asyncio.Runner() as runner:
        for file in small:
            runner.run(kept.read(file))
            assert kept.bytes <= 30_000 or len(kept) == 1
    assert kept.get(small[-1]) is not None
    assert kept.get(small[0]) is None
