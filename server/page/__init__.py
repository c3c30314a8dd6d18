"""Pages: the graph as people read it; each file is one kind of page."""
