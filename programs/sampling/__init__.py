"""How many have to be asked, and what their answers tell of all; numbers alone."""
