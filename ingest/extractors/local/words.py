"""Word lists of everyday English, written for this extractor. Each says what its members have in common."""

DIETS = frozenset(
    """
    vegan vegetarian pescatarian gluten-free keto halal kosher coeliac celiac lactose-intolerant teetotal sober
    """.split()
)

CONDITIONS = frozenset(
    """
    asthma diabetes epilepsy migraine migraines arthritis adhd autism anxiety depression insomnia eczema anemia
    anaemia hypertension cancer allergy allergies intolerance dyslexia tinnitus scoliosis endometriosis ptsd ocd
    ibs covid fever flu celiac coeliac vertigo sciatica psoriasis hay-fever hayfever bronchitis pneumonia
    disease disorder syndrome injury condition blood-pressure
    """.split()
)

HEALTH_ADJECTIVES = frozenset(
    """
    pregnant diabetic asthmatic intolerant dyslexic autistic colorblind colour-blind epileptic deaf blind
    anaemic anemic insulin-dependent disabled
    """.split()
)
BODY = frozenset(
    """
    wrist arm leg ankle knee foot toe finger rib collarbone nose shoulder back hip elbow hand tooth hamstring
    """.split()
)
TREATMENTS = frozenset(
    """
    surgery operation therapy chemotherapy physiotherapy root-canal mri biopsy transplant vaccination
    """.split()
)
MEDICINES = frozenset(
    """
    medication medicine insulin antibiotics antidepressants ibuprofen metformin vitamins pills tablets inhaler
    supplements
    """.split()
)

TRAITS = frozenset(
    """
    introverted extroverted introvert extrovert shy left-handed right-handed ambidextrous tall short transgender
    trans nonbinary non-binary gay lesbian bisexual queer bilingual trilingual religious atheist agnostic
    buddhist catholic muslim christian jewish hindu sikh protestant colorblind dyslexic perfectionist deaf blind
    ambivert disabled asexual
    """.split()
)

CIVIL = {
    "single": None,
    "divorced": "married_to",
    "widowed": "married_to",
    "engaged": None,
    "separated": "married_to",
    "married": None,
}
"""Civil states, and the predicate that each of them ends."""

WORK_STATES = frozenset("retired unemployed self-employed freelance freelancing jobless furloughed".split())

NOT_A_JOB = frozenset(
    """
    person people fan lover mother father mom mum dad parent member beginner believer foodie owl guy girl man
    woman bit mess lot friend user customer newbie fool winner loser one kind type sort part stranger supporter
    sucker follower owner neighbor neighbour brother sister twin expert reader eater sleeper listener thinker
    talker runner dreamer admirer hoarder idiot kid child adult teenager human christian speaker cousin daughter
    son uncle aunt wife husband day week year matter number order letter computer center disaster wonder killer
    eye-opener reminder monster star subscriber collector
    """.split()
)
JOB_ENDINGS = ("er", "or", "ist", "ian", "eer", "ant", "ress", "smith", "wright", "man", "woman", "person")
JOBS = frozenset(
    """
    nurse chef doctor lawyer student teacher engineer developer designer pilot architect manager dentist vet
    surgeon paramedic analyst consultant barista waiter waitress actress actor journalist author freelancer
    founder ceo cto cfo cook clerk judge scientist professor lecturer mechanic plumber electrician carpenter
    farmer nanny midwife soldier officer coach therapist psychologist psychiatrist translator editor poet
    musician accountant undergraduate postdoc intern apprentice bookkeeper cashier photographer programmer
    researcher tutor baker butcher realtor broker sommelier guide nutritionist diplomat priest monk rabbi imam
    novelist librarian economist biologist chemist physicist geologist sre dba pm contractor entrepreneur
    housewife homemaker retiree copywriter guard firefighter driver
    """.split()
)

SOFTWARE = frozenset(
    """
    python javascript typescript java kotlin rust golang ruby perl haskell scala swift elixir php sql html css bash
    django flask fastapi rails laravel spring react vue angular svelte next.js node.js node express jquery
    postgres postgresql mysql sqlite mongodb redis kafka rabbitmq elasticsearch docker kubernetes terraform ansible
    linux ubuntu debian fedora windows macos android ios git github gitlab jira notion slack figma excel vim emacs
    vscode pycharm intellij aws azure gcp bluetooth
    """.split()
)
"""Products whatever the recogniser takes them for."""

EMPTY_NOUNS = frozenset(
    """
    ton tons bunch loads few several many much thing things stuff lot lots way question questions idea ideas
    time times fun point problem problems issue issues chance look feeling feelings bit something anything
    nothing everything someone anyone everyone somebody trouble sense thought thoughts doubt doubts plan plans
    fact word words moment hope choice clue advice help suggestion suggestions luck pleasure blast good rest
    break ones one kind sort matter reason reasons tip tips answer info information conversation chat talk day
    today recommendation recommendations effort best goodness deal people life world mood support mind memory
    memories opinion vibe vibes reaction experience inspiration company reply message text post request favor
    favour go try while laugh skill skills yours theirs start progress same minute minutes second
    """.split()
)
"""Objects that say nothing by themselves: "I have a question"."""

MENTAL = frozenset(
    """
    think guess feel hope wish know mean say tell see hear understand agree believe suppose wonder appreciate
    thank look sound seem remember forget ask talk chat share check imagine bet doubt notice realize realise
    figure expect assume consider trust promise swear suggest recommend admit wait mind care concern worry
    happen let thought discuss mention speak explain answer reply respond send type test debug click paste copy
    upload download print call run get come keep put set turn show give find like love need want try do go make
    take have be use
    """.split()
)
"""Verbs that carry no fact unless a reading of their own says so."""

IT = frozenset("it that this these those he she they him her them one ones so there".split())
"""Words that point at something else."""

DEEDS = frozenset(
    """
    win pass fail publish finish complete launch found open start graduate buy sell adopt receive break lose
    crash build design write compose paint record perform volunteer apply donate join sign register enroll enrol
    earn run climb create organise organize host compete present release develop propose invest hire rescue
    renovate repair plant inherit discover achieve attend submit defend ship deploy migrate book rent study
    cancel upgrade downgrade subscribe unsubscribe switch migrate
    score rank qualify audition sue vote elect invent patent produce direct knit sew bake brew restore survive
    recover undergo quit leave raise
    """.split()
)
"""Acts that are worth keeping even without a date."""

NOTABLE = frozenset("first new just finally recently once twice never ever accidentally".split())

ADDITIONS = frozenset("also too additionally".split())
"""They say that what was true stays true."""

CHANGES = frozenset("now nowadays".split())
"""They say that something else was true before."""

HABITS = frozenset(
    """
    usually always often every daily weekly monthly regularly typically generally normally sometimes mostly
    rarely seldom never
    """.split()
)

LANGUAGES = frozenset(
    """
    english french german spanish portuguese italian dutch polish russian ukrainian czech slovak hungarian
    romanian bulgarian greek turkish arabic hebrew persian farsi hindi urdu bengali punjabi tamil telugu marathi
    gujarati kannada malayalam nepali sinhala thai vietnamese khmer lao burmese indonesian malay tagalog
    filipino mandarin cantonese chinese japanese korean mongolian swahili yoruba igbo hausa zulu xhosa afrikaans
    amharic somali swedish norwegian danish finnish icelandic estonian latvian lithuanian irish welsh gaelic
    basque catalan galician croatian serbian bosnian slovenian slovene albanian macedonian armenian georgian
    kazakh uzbek azerbaijani latin esperanto asl bsl
    """.split()
)

STUDY_WORDS = ("university", "college", "school", "institute", "academy", "polytechnic", "faculty")

HOUSEHOLD = frozenset("live have own move adopt buy get rent sell expect bring keep foster welcome".split())
"""What a household does as one: "we have two kids" is as true of the speaker alone."""

EVENT_NOUNS = frozenset(
    """
    appointment interview exam test meeting flight trip wedding concert party surgery operation deadline
    presentation birthday conference workshop class lesson date dinner lunch reservation game match race
    marathon hearing checkup check-up anniversary graduation recital performance show audition session call
    review ceremony holiday vacation reunion baby shift tournament gig visit viewing defence defense
    """.split()
)

WORK_NOUNS = frozenset(
    """
    job role title position profession occupation work career team company employer startup office department
    boss manager commute shift
    """.split()
)
HOME_NOUNS = frozenset("house home apartment flat address hometown neighborhood neighbourhood garden place".split())
GOAL_NOUNS = frozenset("goal dream aim ambition resolution objective target".split())
HOBBY_NOUNS = frozenset("hobby hobbies pastime passion interests interest".split())
FAVOURITES = frozenset(("favourite", "favorite", "fave", "preferred"))
