"""Explaining: why a triple holds and who says so, in words, as JSON and as RDF."""
