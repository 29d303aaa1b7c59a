"""From scenes to a talk: the ``flowreel`` command, its workers, the talk kit and the gallery.

To follow a command from ``cli``: ``job`` finds clips and says how each is to look (a request), what
it is made from, and what is there already; ``render`` has films made by workers here or elsewhere;
``kit`` makes everything else that a talk needs from them. ``extras`` knows what a base installation
leaves out.
"""
