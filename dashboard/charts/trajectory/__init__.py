"""The chart at the heart: baseline, required path, actuals, target and the gap between, labelled where the eye is."""

from dashboard.charts.trajectory.drawing import drawing, trajectory

__all__ = ["drawing", "trajectory"]
