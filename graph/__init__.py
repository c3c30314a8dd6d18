"""The graph: the master copy, and the code that builds, validates, explains and exports it.

The rooms, from the top; each imports only those below it (pyproject.toml holds them to that)::

    distributing the same build on the hosts of an Apache Spark cluster
    build        the snapshot that servers and commands read
    engine       clients' queries and updates, in processes that may die
    remote       external stores: publishing a snapshot, and querying it there
    service      SERVICE: the calls of other endpoints that a query needs
    presenting   the contents of pages: things, articles, sources, the overview; the search of names
    explaining   the proofs of a triple, as JSON and as RDF
    citing       the sentences that support each row of an answer
    publishing   dumps, exports, resources, descriptions for machines
    curating     the master copy: its reading, its checks, its verification against the texts
    excluding    the dataset without some sources, and the losses without each of them
    wording      names, sources, statements and their marks in words
    reasoning    the inferred triples, and the graphs that support a triple
    answering    the answer of one query from a store: names, parameters, formats
    sparql       a query as data

All rooms share the files beside them: errors, progress, forks, snapshots, the dataset.
`data/` is the master copy itself.
"""
