# It is compiled as it is written: its sets are Python objects.
