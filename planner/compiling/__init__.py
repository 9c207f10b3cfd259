"""Machine code of inner loops: made, kept between runs, and told of while it is made."""
