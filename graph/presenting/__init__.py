"""Presenting: a thing, an article and the whole graph as a person reads them, in sentences."""
