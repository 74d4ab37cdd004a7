"""Kesara, an invented river country, drawn from a seed: plain files and the truth about them.

The demo, the bench and the tests load these files through the same imports as anybody's. Nothing
here imports the product, so `truth.json` is a second opinion on every figure the product shows.
"""
