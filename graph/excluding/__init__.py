"""Excluding: a dataset without some of its sources, and the losses of each source."""
