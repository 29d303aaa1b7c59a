"""From particles and mobjects to pictures: painter, camera and renderer."""
