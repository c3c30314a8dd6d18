"""A store of theirs: one that speaks SPARQL 1.1 Protocol, to publish a snapshot to and to serve.

::

    store         the address of the store, and what it is asked over HTTP
    content       the triples of a graph in one form, whatever store gave them, and their checksum
    publication   what the store is said to hold: the version, the counts and checksums
    target        where graphs are written: the Graph Store Protocol, or files for its loader
    asked         a store for queries, which asks the remote one
    filling       what memory is filled with, held to the publication
    publish       a snapshot made the content of a store, the version last
"""
