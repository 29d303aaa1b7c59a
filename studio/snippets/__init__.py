"""How clips get into talks that are written in other tools: text to copy, for each of them."""
