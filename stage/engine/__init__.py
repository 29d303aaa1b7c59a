"""From particles and mobjects to a film: painter, camera, renderer and encoder."""
