"""Writing: what an update changes, and how that reaches the disk before it is answered."""
