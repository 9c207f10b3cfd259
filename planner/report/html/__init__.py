"""Results as HTML files that need nothing else."""
