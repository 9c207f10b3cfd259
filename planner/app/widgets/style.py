"""The little of how pages look that Streamlit's settings do not reach."""

from __future__ import annotations

import streamlit as st

_RULES = """
/* A grid wants the width that the default margins take; the bar above is 3.5rem high. */
.stMainBlockContainer { padding: 4.25rem 2.5rem 4rem; }
/* Six figures side by side: of a large fleet they are long, and were cut off in a small window. */
[data-testid="stMetricValue"] { font-size: clamp(1.5rem, 2vw, 2.25rem); }
[data-testid="stMetricValue"] * { white-space: normal; overflow-wrap: anywhere; }
/* Whoever works by keyboard sees where they are: links and small buttons did not show it. */
a:focus-visible, button:focus-visible, summary:focus-visible {
  outline: 2px solid currentColor !important; outline-offset: 2px;
}
/* Streamlit's own file of a table would hold names that spreadsheets run as formulas; ours are
   guarded. */
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]) {
  display: none;
}
/* A link at each heading would be one more stop on the way, and leads nowhere else. */
[data-testid="stHeaderActionElements"] { display: none; }
/* Why a file was refused is there for those who listen to the page; show it to all, in our words:
   the browser refuses it before any code of ours sees it, and in words of its own. */
.stFileChip { max-width: none; }
.stFileChip span[role="alert"] {
  position: static; width: auto; height: auto; margin: 0 0.5rem; clip: auto; clip-path: none;
  overflow: visible; white-space: normal; font-size: 0;
}
.stFileChip span[role="alert"]::after {
  content: "Not read: only .csv and .xlsx files of at most MEGABYTES MB are."; font-size: 1rem;
}
"""


def apply_style() -> None:
    """Add our rules to those of the page."""
    rules = _RULES.replace("MEGABYTES", str(st.get_option("server.maxUploadSize")))
    st.html(f"<style>{rules}</style>")
