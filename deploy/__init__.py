"""How Highground stands up: system packages, environment, private servers, processes.

Runs before the environment exists, so these modules import the standard library only.
"""
