"""``python -m studio`` is ``flowreel``."""

from studio.cli.main import main

main(prog_name="flowreel")
