"""Reasoning: what follows from the stated graphs, and which of them hold a triple by themselves.

From the top; each imports only those below it (docs/provenance.md tells how they work together)::

    many         one least set of graphs for many facts at once
    subset       the dataset of some graphs alone
    proof        the tree of inferences from a triple down to what is stated
    provenance   for each triple, the least sets of graphs that hold it
    cone         what a triple rests on, followed back inference by inference
    derivation   the ways to conclude a triple in one step
    assembling   what some graphs hold together
    facts        the dataset in sorted arrays, closed graph by graph and all together
    sets         sets of graphs combined, chosen from and made least
    rules        the axioms of the ontology as rules
"""
