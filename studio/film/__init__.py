"""Films made of films: smaller, transparent, cut, joined, as a GIF; and a look into any."""
