"""A line of the shell, as libsys/args.c takes it apart: words, separators, the programs that it names."""

import re

from parley.cli import fail


class Separator(str):
    """What stands between the words of a shell line, and in no quotes."""


# What the shell of other systems would do with it.
FOREIGN = {"|": "there are no pipes", "<": "input and output cannot be redirected",
           ">": "input and output cannot be redirected",
           "&&": "there are no conditions: a ; b runs b in any case",
           "||": "there are no conditions: a ; b runs b in any case"}
TOKEN = re.compile(r"""[ \t]+ | \#.* | (?P<separator> && | \|\| | [&;|<>] ) |
                       (?P<word> (?: [^ \t&;|<>'"] | '[^']*' | "[^"]*" )+ )""", re.X)


def words_of(line):
    """The words and separators of a shell line, as libsys/args.c finds them."""
    found, at = [], 0
    while at < len(line):
        match = TOKEN.match(line, at)
        if not match:
            fail("APP: a quote is not closed")
        if match["separator"]:
            found.append(Separator(match["separator"]))
        elif match["word"]:
            found.append(re.sub(r"""'([^']*)'|"([^"]*)\"""", lambda quoted: quoted[1] or quoted[2] or "",
                                match["word"]))
        at = match.end()
    return found


def check_separators(line):
    """As the shell does: a line with one that it does not know, or without a command before one, is wrong."""
    command = False
    for word in words_of(line):
        separates = isinstance(word, Separator)
        if separates and word in FOREIGN:
            fail(f"APP: {word}: {FOREIGN[word]} (in quotes it is plain text)")
        if separates and not command:
            fail(f"APP: no command before {word}")
        command = not separates


def separators(line):
    return {word for word in words_of(line) if isinstance(word, Separator)}


def commands(line):
    """The program names of a shell line: the first word of each command, and what `time` times and
    `run -OPTION VALUE...` runs."""
    names = []
    wanted, skip = True, False  # the next word is a name; or the value of an option before it
    for word in words_of(line):
        if isinstance(word, Separator):
            wanted, skip = True, False
        elif skip:
            skip = False
        elif wanted and names and names[-1] == "run" and word.startswith("-"):
            skip = True
        elif wanted:
            names.append(word)
            wanted = word in ("time", "run")
    return names
