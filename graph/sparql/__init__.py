"""SPARQL 1.1 Query as data: read from text, changed, and written back."""
