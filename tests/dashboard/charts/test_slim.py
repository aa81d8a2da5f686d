"""Pictures of few colours in few bytes."""

from __future__ import annotations

import io

from PIL import Image, ImageChops

from dashboard.charts import picture
from dashboard.charts.palette import LIGHT, STATUS
from dashboard.charts.slim import slimmed


def test_a_slim_picture_weighs_less_and_looks_the_same() -> None:
    inks = [LIGHT.ink, LIGHT.accent, LIGHT.muted, *(look.light for look in STATUS.values())]
    lines = "".join(
        f'<path d="M10 {20 * n + 30}h300v8" stroke="{ink}" stroke-width="5" fill="none"/>'
        f'<text x="330" y="{20 * n + 34}" font-size="14" fill="{ink}">8.30</text>'
        for n, ink in enumerate(inks)
    )
    ground = '<rect width="400" height="400" fill="#fff"/>'
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">{ground}{lines}</svg>'
    whole = picture.rasterised(drawn)
    slim = slimmed(whole)
    assert len(slim) < 0.7 * len(whole)
    before, after = (Image.open(io.BytesIO(raw)).convert("RGB") for raw in (whole, slim))
    assert after.size == before.size
    assert after.getpixel((2, 2)) == (255, 255, 255)
    assert max(high for _, high in ImageChops.difference(before, after).getextrema()) <= 24
