"""Drafting: the next article, read by rules that stand beside the ontology."""
