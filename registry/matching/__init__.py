"""Which records may be of one and the same: pure, Arrow in and Arrow out."""
