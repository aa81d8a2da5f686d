"""The public API: `api(…)` is mounted at `/api/v1`."""

from dashboard.public.api.app import api

__all__ = ["api"]
