"""Reasoning: what follows from the stated graphs, why, and which of them hold a triple.

From the top; each imports only those below it (docs/provenance.md tells how they work together)::

    tree           the inferences from a triple down to what is stated
    kernel         a dataset closed by its ontology, kept up with every write
    tbox           the ontology, compiled and closed by itself
    support        the sets of graphs that hold a fact by themselves
    contradiction  what cannot all be true under the ontology
    search         the facts that a fact may follow from
    alternatives   sets of graphs, combined and made minimal
    closure        stated facts and all that follows, each inferred one with its reason
    datatype       which texts are those of a datatype
    rulebook       rules and facts in numbers
    axiom, rule    the axioms of the ontology, compiled into rules; thresholds: how far one looks
"""
