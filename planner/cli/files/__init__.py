"""Files that commands write, and the folder that gets them."""
