# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Capital letters for names of countries and cities that chat leaves small: the parser goes by them."""

import re

from ingest.extractors.local.kin import PETS, RELATIONS

COUNTRIES = """
afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahrain bangladesh belarus
belgium belize benin bhutan bolivia bosnia botswana brazil brunei bulgaria cambodia cameroon canada chile colombia croatia
cuba cyprus czechia denmark ecuador egypt england eritrea estonia ethiopia fiji finland france gabon gambia germany ghana
greece greenland guatemala haiti honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan
kazakhstan kenya kosovo kuwait kyrgyzstan laos latvia lebanon liberia libya liechtenstein lithuania luxembourg macedonia
madagascar malawi malaysia maldives malta mauritius mexico moldova monaco mongolia montenegro morocco mozambique myanmar
namibia nepal netherlands nicaragua nigeria norway oman pakistan panama paraguay peru philippines poland portugal qatar
romania russia rwanda scotland senegal serbia singapore slovakia slovenia somalia spain sudan sweden switzerland syria
taiwan tajikistan tanzania thailand tunisia turkmenistan uganda ukraine uruguay uzbekistan venezuela vietnam wales yemen
zambia zimbabwe europe asia africa texas california florida ohio virginia minnesota wisconsin illinois indiana kentucky tennessee alabama nevada utah massachusetts connecticut pennsylvania oklahoma missouri iowa kansas nebraska montana idaho alaska hawaii arizona colorado oregon michigan
"""
CITIES = """
amsterdam ankara antwerp athens atlanta auckland austin baghdad baltimore bangalore bangkok barcelona basel beijing beirut
belfast belgrade bergen berlin bern bilbao bogota bologna bordeaux boston bratislava brisbane bristol brussels bucharest
budapest cairo calgary canberra caracas cardiff casablanca chennai chicago cologne copenhagen dallas damascus delhi denver
detroit dhaka dresden dubai dublin edinburgh florence frankfurt geneva genoa ghent glasgow gothenburg granada graz hamburg
hanoi helsinki houston istanbul jakarta jerusalem johannesburg karachi kolkata krakow kyiv kyoto lagos lausanne leeds
leipzig lisbon liverpool ljubljana london lyon madrid malaga manchester manila marrakech marseille melbourne miami
milan milwaukee minneapolis minsk montreal moscow mumbai munich nairobi nantes naples oslo osaka ottawa oxford palermo
paris philadelphia pittsburgh porto portland prague reykjavik riga rome rotterdam salzburg santiago sarajevo seattle seoul
seville shanghai shenzhen sheffield sofia stockholm strasbourg stuttgart sydney tallinn tbilisi tehran tokyo toronto
toulouse turin utrecht valencia vancouver venice vienna vilnius warsaw wellington wroclaw yerevan zagreb zurich
"""
FIRMS = "google microsoft netflix spotify nvidia tesla siemens bosch ikea samsung toyota volkswagen deloitte accenture"
PAIRS = """
new york|new zealand|new delhi|los angeles|san francisco|san diego|las vegas|hong kong|south africa|south korea|north korea|
costa rica|sri lanka|saudi arabia|buenos aires|mexico city|cape town|kuala lumpur|tel aviv|puerto rico|el salvador|
dominican republic|united states|united kingdom|new jersey|new orleans|sao paulo|rio de janeiro|czech republic
"""
"""Not those that are also words: turkey, china, nice, reading, cork, bath, split."""

SMALL = re.compile(
    rf"\b(?:{'|'.join([*PAIRS.replace(chr(10), '').split('|'), *COUNTRIES.split(), *CITIES.split(), *FIRMS.split()])})\b"
)
NAMED = re.compile(
    r"\b(?P<tie>(?:called|named|name is|name's) )(?!(?:a|an|the|after|not|for|by|in|on|my|it|me|him|her|them|to|out|off|up|back|"
    r"and|yet|so|very|too|me|us|you|as|is|that|this|pronounced|spelled|because|every|last|today|yesterday)\b)(?P<name>[a-z]{2,})\b"
)
OF_KIN = re.compile(
    rf"\b(?P<tie>my (?:[a-z]+ )?(?:{'|'.join(sorted((*RELATIONS, *PETS), key=len, reverse=True))}) )"
    r"(?!(?:who|that|which|and|or|also|always|never|still|now|just|often|only|both|in|on|at|is|was|has|from|with|to|for|so|then|too|there|here|back|kind|soon|ever|once)\b|\w+(?:ly|ing|ed)\b)"
    r"(?P<name>[a-z]{2,})(?= (?:is|was|lives|works|has|loves|likes|hates|plays|turns|moved|got|started|visited|died|wants|needs|just|studies|speaks)\b)"
)
INITIALS = re.compile(r"\b(?:usa|uk|uae|nyc)\b")


def with_capitals(line: str) -> str:
    line = SMALL.sub(lambda match: match.group().title().replace(" De ", " de "), line)
    line = INITIALS.sub(lambda match: match.group().upper(), line)
    line = OF_KIN.sub(lambda match: match["tie"] + match["name"].capitalize(), line)
    return NAMED.sub(lambda match: match["tie"] + match["name"].capitalize(), line)
