"""The graph: the master copy, and the code that builds, validates, explains and exports it.

The rooms, from the top; each imports only those below it (pyproject.toml holds them to that)::

    build        the snapshot that servers and commands read
    presenting   the contents of pages: things, articles, sources, the overview; the search of names
    checking     the verdict on each clause of somebody's text
    drafting     the next article, read by rules; the file that a person reviews
    reconciling  the names of other people's tables and graphs, matched with things
    emptiness    the causes of an answer without rows
    explaining   the proofs of a triple, as JSON and as RDF
    citing       the sentences that support each row of an answer
    publishing   dumps, exports, resources, descriptions for machines
    curating     the master copy: its reading, its checks, its verification against the texts
    excluding    the dataset without some sources, and the losses without each of them
    wording      names, sources, statements and their marks in words
    reasoning    the inferred triples, and the graphs that support a triple
    answering    the answer of one query from a store: names, parameters, formats
    sparql       a query as data

All rooms share the files beside them: errors, progress, forks, snapshots, the dataset. The
`queries/` of a room are its own SPARQL, which its modules read when they are imported.
`data/` is the master copy itself.
"""
