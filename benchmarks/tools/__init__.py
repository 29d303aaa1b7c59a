"""What other tools make of the text to copy."""
