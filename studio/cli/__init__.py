"""The ``flowreel`` command: its commands, their options and what they tell."""
