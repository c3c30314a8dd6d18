"""What rows need weighed: the sets of graphs that give them."""
