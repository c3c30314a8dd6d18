"""Striking: a dataset as if some sources had never been read, and what falls with each of them."""
