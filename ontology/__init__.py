"""The vocabulary of the graph: the ontology, its shapes and alignments, and their loaders."""
