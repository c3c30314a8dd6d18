"""Reasoning: what follows from the stated graphs, and which of them hold a triple by themselves."""
