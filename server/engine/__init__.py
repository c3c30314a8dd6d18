"""The engine: clients' requests run in processes that may die, never in the server.

It knows quads, and no more of what they say: a *site* hands it the datasets with their tasks, and
the log of their writes (handed.py). One *supervisor* owns the zygote, which has the dataset and
forks workers, and the writer. Each *front* of a server has an *engine* at the other end of a
channel to it, in a loop of asyncio, and workers of its own (docs/engine.md)::

    engine              answers and writes: awaited in the loop, or called from threads
    handed              the protocols of what a site hands over
    account             the consumption of each client
    pool/               a worker as its front has it, and the lanes of the requests
    supervision/        the processes that outlive a front, and the channel to them
    zygote, worker      the processes with the dataset
    writing/            the delta of a write, and the store on disk
    front/              the processes that hold the connections, and answer
    framing, location, confinement, heap, child, fork_server      processes and their memory

Each method of `Engine` names its errors (graph/errors.py), beside the ones that any request may
raise: DeadlineError, OverloadedError, ShareError, OutOfMemoryError, WorkerDiedError and
AnswerTooLargeError. `server/problem.py` has the HTTP status of each. Tests have the supervisor and
a front in one process (tests/server/engine/local_engine.py).
"""
