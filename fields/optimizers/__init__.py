"""Training with real steps: optimizers, and what they do to many particles at once."""
