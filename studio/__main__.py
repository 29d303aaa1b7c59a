"""``python -m studio`` is ``flowreel``."""

from studio.cli.main import main

if __name__ == "__main__":
    main(prog_name="flowreel")
