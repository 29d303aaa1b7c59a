"""How films leave: converted, encoded, sealed and joined."""
