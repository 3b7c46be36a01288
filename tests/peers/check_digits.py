"""Numbers with check digits, made and judged by python-stdnum and mrz: 10 000 of them, and each once more with one digit changed.

Always the same ones, for the seed is fixed. A line is JSON: what it is, the number, whether it holds.
"""

import json
import random
import string

from mrz.checker.td1 import TD1CodeChecker
from mrz.checker.td2 import TD2CodeChecker
from mrz.checker.td3 import TD3CodeChecker
from mrz.generator.td1 import TD1CodeGenerator
from mrz.generator.td2 import TD2CodeGenerator
from mrz.generator.td3 import TD3CodeGenerator
from stdnum import ean, gs1_128, iso6346

chance = random.Random(6346)
GS = "\x1d"
CHECKERS = {"td1": TD1CodeChecker, "td2": TD2CodeChecker, "td3": TD3CodeChecker}


def letters(characters: str, count: int) -> str:
    return "".join(chance.choices(characters, k=count))


def digits(count: int) -> str:
    return letters(string.digits, count)


def container() -> str:
    number = letters(string.ascii_uppercase, 3) + chance.choice("UJZ") + digits(6)
    return number + iso6346.calc_check_digit(number)


def gtin() -> str:
    body = digits(chance.choice((7, 11, 12, 13)))
    return body + ean.calc_check_digit(body)


def gs1() -> str:
    body = digits(13)
    best_before = f"{chance.randint(24, 60)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    lot, serial = letters(string.ascii_uppercase + string.digits, 9), digits(6)
    return f"01{body}{ean.calc_check_digit(body)}17{best_before}10{lot}{GS}21{serial}"


def day(first: int, last: int) -> str:
    return f"{chance.randint(first, last) % 100:02}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"


def zone(form: str) -> str:
    country = chance.choice(("KAZ", "KGZ", "UZB", "RUS", "CHN", "TUR", "D"))
    surname, given = letters(string.ascii_uppercase, chance.randint(2, 12)), letters(string.ascii_uppercase, 6)
    number = letters(string.ascii_uppercase + string.digits, chance.randint(6, 9))
    born, expires, sex = day(1940, 2020), day(2026, 2040), chance.choice("MF")
    added = letters(string.ascii_uppercase + string.digits, chance.choice((0, 5, 7)))
    if form == "td1":
        made = TD1CodeGenerator("I", country, number, born, sex, expires, country, surname, given, added)
    elif form == "td2":
        made = TD2CodeGenerator("I", country, surname, given, number, country, born, sex, expires, added)
    else:
        made = TD3CodeGenerator("P", country, surname, given, number, country, born, sex, expires, added)
    return str(made)


def holds(kind: str, number: str) -> bool:
    match kind:
        case "container":
            return iso6346.is_valid(number)
        case "gtin":
            return ean.is_valid(number)
        case "gs1":
            return gs1_128.is_valid(number, separator=GS)
        case _:
            return bool(CHECKERS[kind](number))


def changed(kind: str, number: str) -> str:
    """The same with another digit somewhere under a check digit."""
    width = {"td1": 30, "td2": 36, "td3": 44}.get(kind, 0)
    # The first line of a card has its number; the others have the name there, and no check digit.
    under = {"container": range(4, 11), "gs1": range(2, 16), "td1": range(5, 15)}.get(kind, range(width + bool(width), len(number)))
    at = chance.choice([place for place in under if number[place].isdigit()])
    other = chance.choice([digit for digit in string.digits if digit != number[at]])
    return number[:at] + other + number[at + 1 :]


KINDS = [("container", container), ("gtin", gtin), ("gs1", gs1)] + [(form, lambda form=form: zone(form)) for form in CHECKERS]
for round in range(10_000):
    kind, make = KINDS[round % len(KINDS)]
    number = make()
    for one in (number, changed(kind, number)):
        print(json.dumps({"kind": kind, "number": one, "holds": holds(kind, one)}))
