"""What is known: the master copy, and the code that builds, validates, explains and exports it.

The rooms, from the top; each imports only those below it (pyproject.toml holds them to that)::

    distributing the same build on the hosts of an Apache Spark cluster
    build        the snapshot that all others read
    engine       strangers' queries and updates, in processes that may die
    remote       a store of theirs: a snapshot published to it, queries asked of it
    service      SERVICE: what a query asks of other endpoints
    presenting   things, articles, sources and the whole graph in sentences, for pages; names found
    explaining   why a triple holds, in words, as JSON and as RDF
    citing       for each row of an answer, the sentences that give it
    publishing   dumps, exports, resources, descriptions for machines
    curating     the master copy: read, checked, verified against the texts
    striking     the dataset as if some sources had never been read, and what each would take along
    reasoning    what follows, and which graphs hold a triple by themselves
    answering    one query answered from a store: its names and values, the formats of answers
    sparql       a query as data

The files beside them are what all rooms share: errors, progress, snapshots, what a dataset is.
`data/` is the master copy itself.
"""
