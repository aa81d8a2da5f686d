"""Trajectories as SVG of our own: small, sharp, readable without a script."""

from dashboard.public.drawing.alone import chart_svg, pictured
from dashboard.public.drawing.spark import spark_svg
from dashboard.public.drawing.told import signs
from dashboard.public.drawing.trajectory import trajectory_svg

__all__ = ["chart_svg", "pictured", "signs", "spark_svg", "trajectory_svg"]
