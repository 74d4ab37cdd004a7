"""Backups: database, files and keys as they were at one moment, made while writing goes on.

A backup is a folder named by its moment. `manifest.json` says what it holds, `SHA256SUMS` the
digest of every file in it (`sha256sum -c SHA256SUMS` checks it without us). Decision 7 says why.
"""
