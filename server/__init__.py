"""Who asks: HTTP and the command line; no RDF logic of its own.

The rooms beside the site, from the top; the engine imports none of the others::

    command, mcp, page   commands, tools for language models, pages
    graph_engine         the engine of the graph: queries, pages and writes as tasks
    tasks                what its workers do: a function for each kind of request
    writing              the effects of its writes, and the files of its store
    scaling              a build beyond memory: in DuckDB, or on a cluster of Apache Spark
    remote               external stores: publishing a snapshot, and querying it there
    service              SERVICE: the calls of other endpoints that a query needs
    engine               requests of strangers, in processes that may die; its fronts
"""
