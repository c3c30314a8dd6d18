"""Write docs/vocabulary.md from the ontology."""
