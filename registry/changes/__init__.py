"""Changes that are asked for: what each kind asks, and the lines it becomes. Nothing is written."""
