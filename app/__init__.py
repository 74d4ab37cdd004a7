"""The roof: pages, commands, and the worker; the only floor that knows Flask, Redis and RQ."""
