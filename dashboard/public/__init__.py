"""The public side: pages, files, answers and the interactive page, made from a release's snapshot and nothing else."""
