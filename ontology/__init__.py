"""What can be said: the ontology, its shapes and its alignments, and the code that loads them."""
