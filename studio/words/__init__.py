"""What is said: captions, transcripts, notes, mathematics in words, and the voice."""
