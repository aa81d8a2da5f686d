"""One rerun of 总览 against a stock Streamlit page with one chart, both through the same test harness."""

from __future__ import annotations

import tempfile
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard import session
from indicators.store import Store
from ingest import demo
from ingest.people import Role
from ingest.settings import load
from ingest.terminal import Place
from tests.bench.timing import ratio

MAIN = Path(__file__).resolve().parents[2] / "dashboard" / "main.py"


def _stock() -> None:
    import altair as alt
    import pandas as pd
    import streamlit as st

    st.title("Stock page")
    data = pd.DataFrame({"x": range(20), "y": range(20)})
    st.altair_chart(alt.Chart(data).mark_line().encode(x="x", y="y"))


def bench() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load(home=Path(folder), demo=True)
        home = settings.at()
        store = Store(":memory:", kind="demo")
        demo.build(store, settings, home)
        with session.serving(Place(store, settings, home), asking=lambda: demo.PEOPLE[Role.LEADER]):
            page = AppTest.from_file(str(MAIN), default_timeout=60).run()
            stock = AppTest.from_function(_stock, default_timeout=60).run()
            assert not page.exception
            assert not stock.exception
            ratio("总览 rerun", page.run, stock.run, floor_name="a stock one-chart page", runs=20)
        store.close()
