"""The measurements of the server and the attacks on it: graphs, crowds, kills, and its peers."""
