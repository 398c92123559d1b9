"""A graph, drawn: its page, the rows that the picture is made of, and what stands behind one of them."""
