"""Words, equations and numbers, typeset by Typst."""
