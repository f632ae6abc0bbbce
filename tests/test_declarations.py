"""`make check` wants a blank line behind the declarations that begin a block (tools/parley/check/declarations.py)."""

import pytest

from parley.check.declarations import undivided

LINES = "int f(void)\n{\n%s\n}\n"


@pytest.mark.parametrize("body", [
    "\tint x = 1;\n\tg(x);", "\tstruct env *env;\n\tenv = g();", "\tconst char *const a[] = {\n\t\t\"a\",\n\t};\n\treturn g(a);",
    "\tvoid (*f)(int) = g;\n\tf(1);", "\tint x; /* one; two */\n\tif (g(&x)) {\n\t}", "\tfor (;;) {\n\t\tuint32_t n = g();\n\t\th(n);\n\t}",
    "\tif (a) {\n\t\tpid_t p = g();\n\t\treturn p;\n\t}", "\tint x = g(1,\n\t          2);\n\tx++;"])
def test_statement_right_behind_declarations_is_found(body):
    assert len(undivided(LINES % body)) == 1


@pytest.mark.parametrize("body", [
    "\tint x = 1;\n\n\tg(x);", "\tg();\n\tint x = h();\n\tg(x);", "\tint x;\n\tstruct env *e = g(&x);\n\n\treturn e;",
    "\t/* int x; */\n\tg();", "\tx = 1;\n\tg(x);", "\tint x; /* a\n\t        * b */\n\tint y;\n\n\treturn x + y;", "\treturn x;", "\tint x;"])
def test_others_are_not(body):
    assert undivided(LINES % body) == []
