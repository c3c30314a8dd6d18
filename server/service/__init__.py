"""SERVICE: a query asks other endpoints, if the operator allows them.

::

    server process                                         a worker
      Federation.query(engine, query), in server/federation.py
        guard: how many SERVICE, none of a variable
        ├── the text ───────────────────────────────────>  planner.py: the calls, and the text
        │                                       <───────   with a placeholder for each answer
        ├── queries that narrow a call ─────────────────>  values.py: rows of this dataset, as
        │                                       <───────   VALUES within the call
        ├── relay.py: the request over HTTP, bounded
        ├── results JSON ───────────────────────────────>  values.py: VALUES
        └── the text with these VALUES ────────────────>  the engine, as any other query

The server's process parses neither the query nor an answer of another endpoint: a worker does.
SERVICE is evaluated by itself, then joined (SPARQL 1.1 Federated Query, section 2).
"""
