"""Checking: what the graph says of each clause of a text that somebody else wrote."""
