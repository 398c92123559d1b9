"""The words for those who belong to somebody: kin, partners, friends, colleagues, pets."""

SIBLINGS = ("brother", "sister", "sibling", "twin", "half-brother", "half-sister", "stepbrother", "stepsister")
PARENTS = (
    "mother",
    "father",
    "mom",
    "mum",
    "dad",
    "mama",
    "papa",
    "parent",
    "stepmother",
    "stepfather",
    "stepmom",
    "stepdad",
)
CHILDREN = ("son", "daughter", "child", "kid", "baby", "toddler", "stepson", "stepdaughter")
SPOUSES = ("wife", "husband", "spouse")
PARTNERS = ("partner", "girlfriend", "boyfriend", "fiancé", "fiancée", "fiance", "fiancee")
RELATIVES = (
    "aunt", "uncle", "cousin", "niece", "nephew", "grandmother", "grandfather", "grandma", "grandpa", "granny", "nan",
    "grandparent", "grandson", "granddaughter", "grandchild", "mother-in-law", "father-in-law", "sister-in-law",
    "brother-in-law", "family", "in-laws", "godson", "goddaughter",
)  # fmt: skip
FAMILY = frozenset((*SIBLINGS, *PARENTS, *CHILDREN, *SPOUSES, *PARTNERS, *RELATIVES))
FRIENDS = ("friend", "bestie", "pal", "buddy", "best friend")
COLLEAGUES = (
    "colleague",
    "coworker",
    "co-worker",
    "boss",
    "manager",
    "teammate",
    "intern",
    "supervisor",
    "cofounder",
    "co-founder",
)
ACQUAINTANCES = (
    "neighbour", "neighbor", "roommate", "flatmate", "housemate", "landlord", "landlady", "teacher", "coach",
    "therapist", "doctor", "dentist", "professor", "classmate", "mentor", "ex", "ex-wife", "ex-husband", "bandmate",
    "trainer", "tutor",
)  # fmt: skip

RELATIONS = {
    **dict.fromkeys(SIBLINGS, "sibling_of"),
    **dict.fromkeys(PARENTS, "child_of"),
    **dict.fromkeys(CHILDREN, "parent_of"),
    **dict.fromkeys(SPOUSES, "married_to"),
    **dict.fromkeys(PARTNERS, "partner_of"),
    **dict.fromkeys(RELATIVES, "relative_of"),
    **dict.fromkeys(FRIENDS, "friend_of"),
    **dict.fromkeys(COLLEAGUES, "colleague_of"),
    **dict.fromkeys(ACQUAINTANCES, "knows"),
}
"""What the speaker is to "my …": I am the child of my mother."""

FEMALE = frozenset(
    """
    sister half-sister stepsister mother mom mum mama stepmother stepmom daughter stepdaughter wife girlfriend fiancée
    fiancee aunt niece grandmother grandma granny nan granddaughter mother-in-law sister-in-law goddaughter landlady
    ex-wife
    """.split()
)
MALE = frozenset(
    """
    brother half-brother stepbrother father dad papa stepfather stepdad son stepson husband boyfriend fiancé fiance
    uncle nephew grandfather grandpa grandson father-in-law brother-in-law godson landlord ex-husband
    """.split()
)
"""Of the relations, those whose word tells whether "she" or "he" is meant."""

PETS = frozenset(
    """
    dog puppy pup cat kitten kitty rabbit bunny hamster parrot budgie canary fish goldfish horse pony turtle
    tortoise snake lizard gecko ferret chicken hen duck goat pig guinea-pig pet labrador poodle beagle retriever
    corgi husky terrier collie dachshund chihuahua bulldog spaniel shepherd tabby
    """.split()
)
