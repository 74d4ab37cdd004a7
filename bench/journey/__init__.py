"""The main job without a browser: from a hazard file to help delivered, every figure checked.

`python -m bench.journey` walks it on Kesara, whose generator wrote down the truth before any
database existed; `--data DIR` walks it on Typhoon Vamco with real boundaries and a real flood.
"""
