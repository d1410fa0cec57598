"""Two doors: the calls, which anyone reads, and one's own dossiers."""
