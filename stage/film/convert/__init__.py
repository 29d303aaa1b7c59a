"""Pictures as encoders take them."""
