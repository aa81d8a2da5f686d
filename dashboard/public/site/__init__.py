"""The public site as files: pages in both languages, what can be taken along, feeds, and the writing of it all."""
