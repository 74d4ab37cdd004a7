"""A provider to rehearse with: it keeps a ledger, pays nobody, and can be told to misbehave."""
