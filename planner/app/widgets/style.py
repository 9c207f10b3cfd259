"""The little of how pages look that Streamlit's settings do not reach."""

from __future__ import annotations

import streamlit as st

_RULES = """
/* A grid wants the width that the default margins take; the bar above is 3.5rem high. */
.stMainBlockContainer { padding: 3.75rem 2.5rem 4rem; }
/* What a page is called needs no third of the screen. */
[data-testid="stHeading"] h1 { font-size: 1.75rem; padding: 0.25rem 0; }
/* The ends of a slider from 0 to 100 % need no words. */
.st-key-redundancy [data-testid="stSliderTickBar"] { display: none; }
/* Broken limits in lines of text, their steps beside them. */
.st-key-limits p { font-size: 0.875rem; line-height: 1.6rem; }
/* Margins that take each other back make what is not there to be scrolled to. */
.st-key-limits :is([data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"], p) {
  margin-bottom: 0;
}
.st-key-limits strong { color: light-dark(#a8201a, #ff9d94); }
.st-key-limits button { min-height: 1.6rem; padding: 0; }
.st-key-limits .stButton { display: flex; }
.st-key-why { margin-left: auto; }
.st-key-limits [data-testid="stHorizontalBlock"] { min-height: 1.6rem; }
/* Seven figures side by side, in full words; of a large fleet they are long. A change takes a line
   of its own, which is there without one: what lies below stays where it is. */
[data-testid="stMetricLabel"] :is(p, div) { white-space: normal; }
[data-testid="stMetricValue"] { font-size: clamp(1.3rem, 1.7vw, 2rem); line-height: 1.3; }
[data-testid="stMetricValue"] * { white-space: normal; overflow-wrap: anywhere; }
[class*="st-key-tiles-"] [data-testid="stMetric"] { padding: 0; min-height: 5rem; }
[class*="st-key-tiles-"] [data-testid="stMetric"] > div { padding: 0.3rem 0.1rem 0.3rem 0.6rem; }
[class*="st-key-tiles-"] [data-testid="stMetricLabel"] p { font-size: 0.8rem; line-height: 1.25; }
[class*="st-key-tiles-"] [data-testid^="stMetricDelta"] { font-size: 0.75rem; }
[class*="st-key-over-"] [data-testid="stMetricValue"] { color: light-dark(#a8201a, #ff9d94); }
[class*="st-key-over-"] [data-testid="stMetric"] { border-color: #d03b3b; }
/* White on what is light enough to be read on a dark page cannot be read itself. */
button[kind="primary"]:not(:disabled) :is(p, span), .stMultiSelect span[title],
.stMultiSelect span[title] ~ * { color: light-dark(#ffffff, #10151c); }
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
