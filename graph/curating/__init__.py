"""Curating: the master copy, read from its files and held against shapes, checks and the texts."""
