"""The pool of one front: the workers that it talks with, in one loop of asyncio."""
