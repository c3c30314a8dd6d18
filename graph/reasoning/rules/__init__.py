"""The axioms of the ontology as rules, and all that follows by them."""
