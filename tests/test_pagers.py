"""Pagers of one's own, from the shell: `run -p PAGER PROGRAM`."""

import re

import pytest

from conftest import run_app

CPUS = pytest.mark.parametrize("smp", [1, 2, 4])
PATHS = pytest.mark.parametrize("path", ["pager", "ipc"])


@CPUS
@PATHS
def test_zeropager_runs_programs(smp, path):
    result = run_app(f"run -f {path} -p zeropager hello", smp=smp, tests=False)
    assert result.status == 0 and "hello, world" in result.output, result


@CPUS
@PATHS
def test_logpager_counts_the_same_as_ever(smp, path):
    result = run_app(f"run -f {path} -p 'logpager -q' cowtest", smp=smp, tests=False)
    assert result.status == 0 and "197 checks passed" in result.output, result
    counts = dict(re.findall(r"logpager: +(\d+) (.*)", result.output))
    assert int(next(n for n, what in counts.items() if what == "faults")) > 2000, result


def test_logpager_names_each_fault():
    output = run_app("run -p logpager forktree 1", tests=False).output
    lines = re.findall(r"logpager: env \w{8} page \w{8} entry \w{8} write: copy on write: ok", output)
    assert len(lines) == int(re.search(r"(\d+) faults", output)[1]) > 0, output


@CPUS
@PATHS
def test_pages_are_sent_whatever_the_pager_did_with_them(smp, path):
    result = run_app(f"run -f {path} -p 'zippager 8' ipc_untouched_pages_are_sent", smp=smp)
    assert result.status == 0, result
    assert re.search(r"^zippager: \d\d+ pages packed", result.output, re.M), result


@CPUS
@PATHS
def test_zippager_packs_and_brings_back(smp, path):
    result = run_app(f"run -f {path} -p 'zippager 8' cowtest", smp=smp, tests=False)
    assert result.status == 0 and "197 checks passed" in result.output, result
    packed, came_back = re.search(r"(\d+) pages packed .* (\d+) came back", result.output).groups()
    assert int(packed) > 2000 and int(came_back) > 2000, result


def test_pagers_say_how_they_are_used():
    for pager in ("zippager 7", "zippager x", "zippager 8 8", "logpager x"):
        result = run_app(f"run -p '{pager}' hello", tests=False)
        name = pager.split()[0]
        assert f"usage: {name}" in result.output and "hello, world" not in result.output, result
        assert f"{name}: ended with status 1 and pages nobody; hello is not run" in result.output
        assert result.status == 1, result


@pytest.mark.parametrize("words", ["''", "' '"])
def test_pager_without_a_name_is_refused(words):
    result = run_app(f"run -p {words} hello", tests=False)
    assert result.status == 1 and result.output == "run: -p needs the name of a program\n", result


@CPUS
def test_pager_paged_by_a_pager(smp):
    result = run_app("run -p zeropager -p 'logpager -q' primes 50", smp=smp, tests=False)
    assert result.status == 0 and "\n47\n" in result.output, result


@CPUS
def test_what_ends_at_once_pages_nobody(smp):
    """Not the program on another pager than the one asked for. What `primes 5` forked, before the
    first write after that ended it, may go on under the pager server."""
    for line in ("run -p zeropager -p 'primes 5' primes 20", "run -p hello primes 20 & wait",
                 "run -p hello primes 20"):
        result = run_app(line + "; ps", smp=smp, tests=False)
        assert "pages nobody; primes is not run" in result.output and "\n19\n" not in result.output, result
        assert not re.search(r" zeropager$", result.output, re.M), result  # as `ps` lists it
    assert "hello: ended with status 0" in result.output, result


@CPUS
def test_line_of_the_program_comes_before_its_pager_ends(shell, smp):
    """`spin` hangs: it does not see that it has no clients any more, and is ended."""
    session = shell(SMP=smp)
    session.send("run -d 300 -p spin cowtest\r")
    session.expect_re(r"cowtest\[\d+\]: fault at .*: no answer from spin\[\d+\] in 300 ms")
    session.expect_re(r"spin\[\d+\]: does not answer, and pages nobody any more")
    session.expect("parley$ ")
    assert " spin" not in session.run("ps")


def test_path_self_takes_no_pager():
    """And a shell on it can run others with one."""
    text = "hello: a process on path self pages itself: choose another path with -f"
    assert text in run_app("run -f self -p zeropager hello", tests=False).output
    result = run_app("sh -c 'run -p zeropager hello; run -f pager -p logpager forktree 1; ps'", FAULTS="self")
    assert result.output.count(text) == 1 and "copy on write: ok" in result.output, result
    assert " zeropager" not in result.output.replace("-p zeropager", ""), result


def test_failed_start_leaves_no_pager():
    output = run_app("run -p nosuch hello; run -p zeropager -p nosuch hello; ps", tests=False).output
    assert output.count("nosuch: not found") == 2 and "hello, world" not in output
    assert "zeropager" not in output.replace("-p zeropager", ""), output


def test_status_is_the_programs():
    assert run_app("run -p zeropager forktree 1; run -p zeropager hello", tests=False).status == 0
    assert run_app("run -p zeropager forktree 1", tests=False).status == 98  # zeropager copies nothing


def test_ps_and_job_show_the_pager(shell):
    session = shell(SMP=2)
    session.run("run -p zeropager spin &")
    text = session.run("ps")
    pager = re.search(r"^ +(\d+) .* zeropager$", text, re.M)[1]
    assert re.search(rf"^ +\d+ .* spin \(paged by {pager}\)$", text, re.M), text
    spin = re.search(r"^ +(\d+) .* spin ", text, re.M)[1]
    text = session.run(f"kill {pager}") + session.run("ps")
    assert "the pager server pages its 1 client" in text and "paged by" not in text, text
    session.run(f"kill {spin}")
