"""Writing: the effect of an update, and its way to the disk before it is acknowledged."""
