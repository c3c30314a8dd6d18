"""Several hosts on one machine, as network namespaces: what can only be seen between hosts."""
