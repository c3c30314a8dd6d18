"""An external store that speaks SPARQL 1.1 Protocol: `cpec publish` loads it, `cpec serve` asks it.

::

    store         the address of the store, and the requests to it over HTTP
    content       the triples of a graph in canonical form, and their checksum
    publication   the version, counts and checksums that the store states
    asked         answers queries as pyoxigraph's Store does, and asks the remote store
    fetcher       copies the quads for memory into files, and compares them with the publication
    publish       makes a snapshot the content of a store, the version last; its targets
"""
