"""The page a typical analyst would write on the same figures: cached queries, one table and four line charts.

`ZHIBIAO_BENCH_FIGURES` names a DuckDB file with the approved figures as a table `figures` and the plans' targets as a
table `targets`.
"""

import os

import altair as alt
import duckdb
import pandas as pd
import streamlit as st

st.set_page_config(page_title="Plan monitor", layout="wide")


@st.cache_resource
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(os.environ["ZHIBIAO_BENCH_FIGURES"], read_only=True)


@st.cache_data
def ask(sql: str, *values: str) -> pd.DataFrame:
    return connection().cursor().execute(sql, list(values)).df()


plans = ask("SELECT DISTINCT plan FROM targets ORDER BY plan")["plan"].tolist()
asked = st.query_params.get("plan")
plan = st.sidebar.selectbox("Plan", plans, index=plans.index(asked) if asked in plans else 0)
targets = ask(
    "SELECT t.name, t.baseline, t.target, arg_max(f.value, f.period_end) AS latest, max(f.period_end) AS period "
    "FROM targets t LEFT JOIN figures f ON f.indicator = t.indicator AND f.region = t.region "
    "WHERE t.plan = ? GROUP BY ALL ORDER BY t.name",
    plan,
)
targets["progress"] = (targets["latest"] - targets["baseline"]) / (targets["target"] - targets["baseline"])

st.title(f"Plan monitor: {plan}")
for column, (label, value) in zip(
    st.columns(4),
    {
        "Targets": len(targets),
        "With figures": int(targets["latest"].notna().sum()),
        "Half way": int((targets["progress"] >= 0.5).sum()),
        "Reached": int((targets["progress"] >= 1).sum()),
    }.items(),
    strict=True,
):
    column.metric(label, value)
st.dataframe(targets, width="stretch")

series = ask(
    "SELECT t.name, f.period_end, f.value FROM targets t "
    "JOIN figures f ON f.indicator = t.indicator AND f.region = t.region WHERE t.plan = ? ORDER BY ALL",
    plan,
)
longest = series["name"].value_counts().index[:4]
columns = st.columns(2)
for number, name in enumerate(longest):
    mine = series[series["name"] == name]
    chart = (
        alt.Chart(mine, title=name)
        .mark_line(point=True)
        .encode(x="period_end:T", y=alt.Y("value:Q", scale=alt.Scale(zero=False)), tooltip=["period_end:T", "value:Q"])
    )
    columns[number % 2].altair_chart(chart, width="stretch")
