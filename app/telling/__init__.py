"""What the trail says, in words: acts, figures, fields, and what they hold."""
