"""Sphinx's settings: the API reference and the Markdown pages of the repository, offline.

``make docs`` runs it with the repository as source folder, so that the links between README,
CONTRIBUTING and the pages here are the same on a code host and in the documentation.
"""

import re
import sys
from importlib.metadata import version as installed
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).parent))
from pages import clips_page, knobs_table, names_list

project = "Flowreel"
author = "Flowreel contributors"
version = release = installed("flowreel")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
]
root_doc = "docs/index"
include_patterns = ["*.md", "benchmarks/*.md", "fields/*.md", "docs/**"]
exclude_patterns = [
    "docs/templates",
    ".*",
    "assets",
    "build",
    "media",
    "scenes",
    "stage",
    "studio",
    "tests",
]
# Absolute: autosummary looks for templates in the source folder, HTML beside this file.
templates_path = [str(Path(__file__).parent / "templates")]
suppress_warnings: list[str] = []  # none: each warning ends make docs

myst_heading_anchors = 3
autosummary_generate = True
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_type_aliases = {"Array": "Array", "ArrayLike": "ArrayLike"}
add_module_names = False
toc_object_entries_show_parents = "hide"
maximum_signature_line_length = 88

html_theme = "furo"
html_title = "Flowreel"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["gallery.css"]
html_additional_pages = {"index": "front.html"}
html_theme_options = {"navigation_with_keys": True}


class Made(SphinxDirective):
    """A part of a page that is made from the code: ``{flowreel} gallery``."""

    required_arguments = 1
    parts: ClassVar = {"gallery": clips_page, "knobs": knobs_table, "names": names_list}

    def run(self) -> list[nodes.Node]:
        """Read what ``pages`` writes, as if it stood in the page."""
        make = self.parts[self.arguments[0]]
        return self.parse_text_to_nodes(make(), allow_section_headings=True)


def as_markup(
    app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    """Read a docstring as it is meant: plain text with literals, formulas and indented code.

    ``|v|`` is a norm and no substitution, ``FLOWREEL_`` no target, ``n``² no open literal; and what
    is indented after a blank line is shown as it is.
    """
    text = "\n".join(lines)
    parts = re.split(r"((?<=\S\n\n) {4}\S.*?(?=\n\S|\Z))", text, flags=re.DOTALL)
    parts[1::2] = [f"::\n\n{part}\n" for part in parts[1::2]]
    parts[::2] = [_escaped(part) for part in parts[::2]]
    lines[:] = "".join(parts).split("\n")


def _escaped(text: str) -> str:
    pieces = re.split(r"(``.+?``)", text, flags=re.DOTALL)
    pieces[::2] = [re.sub(r"\||(?<=\w)_(?!\w)", r"\\\g<0>", piece) for piece in pieces[::2]]
    return re.sub(r"(?<=``)(?=[²³′ᵈᴺ])", r"\\ ", "".join(pieces))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive of this documentation."""
    app.add_directive("flowreel", Made)
    app.connect("autodoc-process-docstring", as_markup)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
