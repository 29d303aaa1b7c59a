"""Films made of films: smaller, cut, joined, as a GIF; and a look into any."""
