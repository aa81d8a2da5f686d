"""公开: the interactive page of the public process, read-only, from released snapshots alone."""

from dashboard.public.explore.app import Explore, explore

__all__ = ["Explore", "explore"]
