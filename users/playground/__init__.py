"""The context playground: an operator asks as the API is asked, and sees why the block is as it is."""
