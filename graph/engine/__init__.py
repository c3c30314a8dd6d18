"""The engine: clients' queries and updates run in processes that may die, never in the server.

One *supervisor* owns the zygote, which has the dataset and forks workers, and the writer. Each
*front* of a server has an *engine* at the other end of a channel to it, in a loop of asyncio, and
workers of its own (docs/engine.md)::

    engine              answers and writes: awaited in the loop, or called from threads
    federation          queries with SERVICE, and their calls of other endpoints
    guard, account      the limits of a text, and the consumption of each client
    pool/               the workers of a front, and the lanes of its requests
    supervision/        the processes that outlive a front, and the channel to them
    zygote, worker      the processes with the dataset; task: a function for each kind of request
    worker_dataset      the dataset of a worker
    writing/            the effect of a write, its inferences, the store on disk
    framing, location, confinement, heap, child, fork_server      processes and their memory

Each method of `Engine` names its errors (graph/errors.py), beside the ones that any request may
raise: DeadlineError, OverloadedError, ShareError, OutOfMemoryError, WorkerDiedError and
AnswerTooLargeError. `server/problem.py` has the HTTP status of each. Tests have the supervisor and
a front in one process (tests/graph/engine/local_engine.py).
"""
