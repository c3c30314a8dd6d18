"""Writing: the delta of a write, and its way to the disk before it is acknowledged."""
