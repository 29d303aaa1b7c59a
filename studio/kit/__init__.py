"""What leaves for a talk: a folder for each clip, the talk of several, and the gallery."""
