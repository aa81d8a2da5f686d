"""The public process: pages from memory, the API and the interactive page behind one door."""
