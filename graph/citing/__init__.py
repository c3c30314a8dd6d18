"""Where the rows of an answer come from: the named graphs that give each of them.

A query is rewritten, run, traced and proved, and the answer written (docs/provenance.md)::

    citation     an answer cited, row by row
    prove        turns the lineage of a row into minimal proofs
    form         the rows of each form of a query: SELECT, ASK, CONSTRUCT, DESCRIBE
    relation     rows with the lineage of their solutions; aggregate: rows that count, with a basis
    trace        solutions, with the lineage of each atom; path: of property paths
    verify       asks small stores of some graphs for a row; part: these stores
    run          runs a query, whole or in parts; rewrite: has its solutions show their lineage
    index        the graphs that give a triple
    absence      what no source says; canonical: matches that would be said; threshold: of counts
    answer       a cited answer
    lineage      sets of graphs that give something; solution: the terms of an answer as numbers
"""
