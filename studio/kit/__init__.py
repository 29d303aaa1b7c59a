"""What leaves for a talk: films, captions, voice, slides, snippets, the deck and the gallery."""
