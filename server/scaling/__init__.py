"""Scaling: a build that memory does not hold, closed in tables (docs/sizing.md)."""
