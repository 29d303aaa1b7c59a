"""From scenes to a talk: the ``flowreel`` command, its workers, the talk kit and the gallery."""
