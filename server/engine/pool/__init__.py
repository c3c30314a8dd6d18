"""The pool of one front: its workers, and the lanes of its requests, in one loop of asyncio."""
