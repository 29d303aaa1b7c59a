"""Steps of clips as slides: PowerPoint, a page for browsers, and PDF."""
