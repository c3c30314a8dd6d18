"""What the server is measured and attacked with: graphs, crowds, kills, and its peers."""
