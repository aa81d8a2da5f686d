"""The gate: what stands between the network and every page, and the pages of signing in."""
