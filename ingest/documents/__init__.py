"""Documents: what is given to a graph as a whole, cut into pieces and read slice by slice."""
