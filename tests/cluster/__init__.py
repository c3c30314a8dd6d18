"""Several hosts on one machine, as network namespaces: tests of behaviour between hosts."""
