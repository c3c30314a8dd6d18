"""The tasks of a worker: a function for each kind of request, from a header and body to an answer.

A task returns the header and body of its answer, or raises an error of graph/errors.py. A new kind
of request is a new function, with a name in TASKS (served_dataset.py).
"""
