"""Many facts that have to hold at once."""
