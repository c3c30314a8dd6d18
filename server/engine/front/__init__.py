"""The front: everything around a request, from the socket to the log.

A server has several fronts, each a process with a loop (front.py), which the command starts
(fronts.py). A connection (connection.py) is read (arrival.py, refusal.py) and written to
(outlet.py). Each request is an exchange (exchange.py): admitted (admission.py), answered by the
endpoint or by Flask (wsgi.py), counted (metrics.py) and logged (log.py).
"""
