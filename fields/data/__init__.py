"""What users bring: examples and their losses, losses of their own, and recorded training runs."""
