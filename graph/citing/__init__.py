"""Where the rows of an answer come from: the named graphs that give each of them.

A query is rewritten, run, traced and proved, and the answer written (docs/provenance.md)::

    citation     an answer cited, row by row
    unread       a query that is not read here, cited by asking alone
    prove        what a row depends on, as minimal proofs
    form         what each form of a query answers: SELECT, ASK, CONSTRUCT, DESCRIBE
    relation     rows with the needs of their solutions; aggregate: rows that count, with a basis
    trace        solutions, with the lineage of each use of the dataset; path: of property paths
    verify       a row asked of small stores of some graphs; part: these stores
    run          a query run, whole or in parts; rewrite: so that its solutions show their needs
    index        the graphs that give a triple
    answer       a cited answer; source, absence: its sources, what nothing says
    lineage      sets of graphs that give something; solution: the terms of an answer as numbers
"""
