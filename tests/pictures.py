"""The picture of the README, taken from the running demonstration: `python -m tests.pictures DIR`."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.live import browser, reading, serving

WIDTH, HEIGHT = 1440, 1000


def take(folder: Path) -> list[Path]:
    """总览 and 指标 at 1440 × 1000, in Chinese, as small as 256 colours make them."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"overview": "", "indicator": "indicator?indicator=beds-per-1000"}
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home)) as server,
        browser() as opened,
        reading(opened, server, width=WIDTH, height=HEIGHT) as reader,
    ):
        return [_small(folder / f"{name}.png", reader.open(at).screenshot()) for name, at in pages.items()]


def _small(file: Path, raw: bytes) -> Path:
    picture = Image.open(io.BytesIO(raw)).convert("RGB")
    picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, optimize=True)
    return file


if __name__ == "__main__":
    for made in take(Path(sys.argv[1])):
        print(made, made.stat().st_size)
