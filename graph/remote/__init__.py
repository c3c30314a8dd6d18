"""An external store that speaks SPARQL 1.1 Protocol: `cpec publish` loads it, `cpec serve` asks it.

::

    store         the address of the store, and the requests to it over HTTP
    content       the triples of a graph in canonical form, and their checksum
    publication   the version, counts and checksums that the store states
    target        writes graphs by the Graph Store Protocol, or into files for a loader
    asked         answers queries as pyoxigraph's Store does, and asks the remote store
    filling       the quads of the store for memory, compared with the publication
    publish       makes a snapshot the content of a store, the version last
"""
