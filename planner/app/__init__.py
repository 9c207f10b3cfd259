"""All that the browser app needs."""
