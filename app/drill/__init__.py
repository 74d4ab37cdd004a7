"""Drills: losses are caused on throw-away servers, to prove that what is promised holds."""
