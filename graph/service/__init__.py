"""SERVICE: a query that asks other endpoints, for those that the operator allows.

::

    server process                                         a worker
      Federation.query(engine, query), in engine/federation.py
        guard: how many SERVICE, none of a variable
        ├── the text ───────────────────────────────────>  planner.py: what is asked of whom, and
        │                                       <───────   the text with a hole for each answer
        ├── queries for what narrows it ────────────────>  narrowing.py: rows of this dataset, as
        │                                       <───────   VALUES that are sent along
        ├── relay.py: the asking over HTTP, bounded
        ├── results JSON ───────────────────────────────>  solutions.py: read as VALUES
        └── the text with VALUES in its holes ──────────>  the engine, as any other query

The server's process reads neither the query nor what comes from elsewhere. SERVICE is answered
from the bottom up (SPARQL 1.1 Federated Query, section 2): by itself, then joined.
"""
