"""What each lever counts in the sum that ranks episodes, set by hand, with the reason for each.

The z-scores are taken over the episodes of a graph, so the units of the other weights are standard deviations.
"""

from graphs.embedders.base import LATE_INTERACTION, VECTORS, WORDS_ONLY

LATE = 1.0
"""z of the window's late interaction: the best single lever, and the unit of the others."""
WORDS = 0.5
"""z of the window's BM25: agrees with LATE on most and adds rare words and names that the model never learned."""
COSINE = 0.5
"""z of the cosine; only where there are no token vectors, since late interaction contains it."""
MEANING = {LATE_INTERACTION: LATE, VECTORS: COSINE, WORDS_ONLY: COSINE}
"""The weight of meaning by what it was measured by; by nothing, it is zero for all."""
SPEAKER = 1.0
"""A question that names a speaker wants what that person said; half where nobody is named."""
TIME = 1.0
"""Said within the span that the question names; a little for the month after, when things are told of."""
ENTITY = 0.3
"""A memory of the episode speaks of an entity that the question names: the graph's own link, often redundant."""
LINKED = 0.3
"""Of ENTITY, where it speaks of an entity that a relation links to the one named."""
ROLE = 0.25
"""What the user said outweighs what an assistant answered; small, for answers hold facts too."""
QUESTION = -0.3
"""An episode that ends in a question asks for something and seldom tells it."""
WHEN = 0.5
"""A question for a time wants words that hold a date."""
MEMORY_MEANING = 0.3
"""z of the cosine of a memory's own sentence, beside its best episode's score: tells the facts of a message apart."""
MEMORY_WORDS = 0.2
"""z of the BM25 of a memory's own sentence, for the same."""
OVER = -0.5
"""A memory that no longer holds, unless the question asks for a time."""
HEIR = 1.0
"""Of what a memory that no longer holds has more than the one that ended it: who asks where somebody lives is answered
with the home of now, in whatever words it was told."""
