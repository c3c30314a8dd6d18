"""Sets of graphs: those that hold something, combined, chosen from and made least."""
