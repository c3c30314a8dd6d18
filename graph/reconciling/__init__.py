"""Reconciliation of names with things, and links to the things of other graphs."""
