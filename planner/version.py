"""The version, once; ``dev`` until it is released, see CHANGELOG.md."""

__version__ = "0.2.0.dev0"
