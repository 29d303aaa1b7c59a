"""What a job is about: clips, settings, sources, files and the manifest."""
