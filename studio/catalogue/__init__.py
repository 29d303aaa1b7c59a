"""Catalogues of other languages: what is to be translated, and what goes along with a page."""
