"""A blank line follows the declarations that begin a block. Looked at is the source, as clang-format lays it out."""

import re

from parley.check.size import without_comments

# A type, its stars, a name, and then what only a declaration has there.
DECLARATION = re.compile(
    r"(?!(?:return|goto|else|case|break|continue|if|for|while|do|switch|asm|sizeof)\b)"
    r"(?:(?:static|const|volatile|register|extern) )*"
    r"(?:(?:struct|enum|union) \w+|unsigned(?: \w+)?|long long|[A-Za-z_]\w*)(?: const)?"
    r"(?: \*+(?:const )?| \(\*| )\w+[^()]*(?:[;,=\[]|\)\()")
BLOCK = re.compile(r"\{|\t.*(?:\)|else|do) \{")


def undivided(text):
    """Numbers of the lines that follow the declarations at the beginning of a block, and are not blank."""
    lines = without_comments(text).split("\n")
    real = text.split("\n")
    found = []
    for start, line in enumerate(lines):
        if not BLOCK.fullmatch(line.rstrip()):
            continue
        indent = "\t" * (len(line) - len(line.lstrip("\t")) + 1)
        at, declared = start + 1, False
        while at < len(lines):
            statement = lines[at][len(indent):] if lines[at].startswith(indent) else ""
            if not statement.strip() and real[at].strip():  # of a comment
                at += 1
                continue
            if not DECLARATION.match(statement):
                break
            declared = True
            while not lines[at].rstrip().endswith(";"):
                at += 1
            at += 1
        if declared and at < len(lines) and lines[at].startswith(indent) and lines[at].strip():
            found.append(at + 1)
    return found
