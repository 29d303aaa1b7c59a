"""``python -m studio`` is ``flowreel``."""

from studio.cli import main

main(prog_name="flowreel")
