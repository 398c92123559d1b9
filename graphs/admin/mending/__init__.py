"""Pages on which an operator mends what is known: each shows what will change before it is changed."""
