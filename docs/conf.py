"""Sphinx settings; the build needs no network, and a warning is an error."""

from pathlib import Path

from isogloss import __version__

ROOT = Path(__file__).resolve().parents[1]

project = "isogloss"
author = "The isogloss maintainers"
project_copyright = "2026, the isogloss maintainers"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx.ext.apidoc",
]
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "api/modules.rst"]
default_role = "code"
suppress_warnings = ["ref.python"]  # a type in a docstring is a bare name, and two rooms may each have a Cell

# One page a module, written at build time, so that a new file documents itself.
apidoc_modules = [
    {
        "path": str(ROOT / "src" / "isogloss"),
        "destination": "api",
        "separate_modules": True,
        "module_first": True,
        "automodule_options": {"members", "show-inheritance"},
        "exclude_patterns": [str(ROOT / "src" / "isogloss" / "__main__.py")],
    }
]
autodoc_typehints = "none"  # types stand in the docstrings, with shapes
autodoc_member_order = "bysource"
# A name that a package re-exports is documented where it is defined.
autodoc_default_options = {"exclude-members": "model_config", "ignore-module-all": True}
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"isogloss {release}"
html_copy_source = False
html_show_sphinx = False
