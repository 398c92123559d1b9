"""The block for the prompt: assemble what may stand in it, pack the best for its tokens, render it."""

from users.context.assemble import Block, assemble

__all__ = ["Block", "assemble"]
