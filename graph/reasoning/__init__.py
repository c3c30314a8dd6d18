"""Reasoning: the inferences from the stated graphs, their derivations and their supports.

From the top; each imports only those below it (docs/provenance.md tells how they work together)::

    tree           the inferences from a triple down to stated triples
    kernel         a dataset closed by its ontology, kept up with every write
    tbox           the ontology, compiled into rules and closed
    support        the minimal sets of graphs that entail a fact
    contradiction  violated constraints and ill-typed literals, in words
    search         backward search for the derivations of a fact
    alternatives   sets of graphs, combined and made minimal
    closure        stated facts and their inferences, each with a derivation
    rule_form      the rules as rows of a table, with the SELECTs that join them with facts
    datatype       the lexical forms and the ranges of datatypes
    rulebook       rules and facts with numbers for terms
    axiom, rule    the axioms of the ontology, compiled into rules; thresholds: the limits
"""
