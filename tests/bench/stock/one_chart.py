"""A stock Streamlit page: a title and one Altair chart of twenty points."""

import altair as alt
import pandas as pd
import streamlit as st

st.title("Stock page")
data = pd.DataFrame({"x": range(20), "y": range(20)})
st.altair_chart(alt.Chart(data).mark_line().encode(x="x", y="y"))
