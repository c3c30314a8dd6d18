"""Publishing: dumps, exports, resources, and the descriptions that machines read."""
