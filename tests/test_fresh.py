"""`make fresh`: what is checked before and around the fresh machine, with fakes of what makes it. CI runs the real one."""

import os
import shutil
import signal
import subprocess
import time

import pytest

from conftest import ROOT, clean_environment

ARCHIVES = """echo 'http://debian.example/debian/ bookworm main origin=Debian key='
echo 'http://debian.example/debian/ bookworm contrib origin=Debian key='
echo 'http://debian.example/debian/ bookworm-updates main origin=Debian key='
echo 'http://debian.example/debian/ bookworm-backports main origin=Debian key='
echo 'http://security.example/ bookworm-security main origin= key=/usr/share/keyrings/debian-archive-keyring.gpg'
echo 'http://other.example/node/ nodistro main origin=Other key=/other.gpg'"""


@pytest.fixture(name="tree")
def small_tree(tmp_path):
    """A repository with what mk/fresh.sh reads, in a folder with an odd name, and fakes in `bin`; tree.run(...)."""
    tree = tmp_path / "a tree's"
    (tree / "mk").mkdir(parents=True)
    shutil.copy(ROOT / "mk/fresh.sh", tree / "mk")
    shutil.copy(ROOT / "README.md", tree)
    (tree / ".gitignore").write_text("/build/\n")
    for command in ("init -q", "add .", "-c user.name=t -c user.email=t@example commit -qm all"):
        subprocess.run(["git", *command.split()], cwd=tree, check=True)
    return Tree(tree, tmp_path / "bin")


class Tree:
    def __init__(self, folder, fakes):
        self.folder, self.fakes = folder, fakes
        self.fakes.mkdir()
        self.tool("apt-get", ARCHIVES)
        self.tool("id", "echo 0")
        # Namespaces are for root: what runs in them runs as it is.
        self.tool("unshare", 'while :; do case $1 in --*) shift ;; *) break ;; esac; done; exec "$@"')

    def tool(self, name, text):
        (self.fakes / name).write_text(f"#!/bin/bash\n{text}\n")
        (self.fakes / name).chmod(0o755)

    def start(self, **options):
        environment = {**clean_environment(), "PATH": f"{self.fakes}:{os.environ['PATH']}", **options}
        # A shell can trap no signal that is ignored from its start, as SIGINT is for what runs in the background.
        return subprocess.Popen(["env", "--default-signal=INT", "mk/fresh.sh"], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, **options):
        child = self.start(**options)
        output, errors = child.communicate(timeout=60)
        return child.returncode, output, errors

    def left(self):
        """What is left in build/fresh of a run."""
        return sorted(path.name for path in (self.folder / "build/fresh").glob("*"))


@pytest.mark.parametrize("options, says", [
    ({"RELEASE": "sid"}, "RELEASE=sid: must be bookworm or trixie"), ({"LONG": "yes"}, "LONG=yes: must be 0 or 1"),
])
def test_bad_option_is_one_line(tree, options, says):
    status, output, errors = tree.run(**options)
    assert (status, output, errors) == (1, "", f"make fresh: {says}\n")


def test_who_is_not_root_is_told(tree):
    tree.tool("id", "echo 1000")
    assert tree.run()[2] == "make fresh: needs root, to make a system and to mount in it\n"


def test_missing_tool_is_named(tree, tmp_path):
    few = tmp_path / "few"
    few.mkdir()
    for name in ("bash", "dirname", "env"):
        (few / name).symlink_to(shutil.which(name))
    status, _, errors = tree.run(PATH=f"{tree.fakes}:{few}")
    assert status == 1 and errors == "make fresh: mmdebstrap is missing; run 'make setup fresh' to install it\n"


def test_without_namespaces_it_says_so(tree):
    tree.tool("mmdebstrap", "exit 0")
    tree.tool("unshare", "exit 1")
    assert "does not let root have namespaces" in tree.run()[2]


@pytest.mark.parametrize("release", ["bookworm", "trixie"])
def test_packages_come_from_the_machines_own_archives_of_debian(tree, tmp_path, release):
    tree.tool("mmdebstrap", f'cp "${{@: -1}}" {tmp_path}/sources; echo "$*" >{tmp_path}/asked; '
                            "echo 'E: not this time' >&2; exit 1")
    status, _, errors = tree.run(RELEASE=release)
    assert status == 1 and errors == "make fresh: the minimal system could not be made: E: not this time\n"
    lines = [line.split("] ")[1] for line in (tmp_path / "sources").read_text().splitlines()]
    assert sorted(lines) == sorted([f"http://debian.example/debian/ {release} main",
                                    f"http://debian.example/debian/ {release}-updates main",
                                    f"http://security.example/ {release}-security main"])
    asked = (tmp_path / "asked").read_text()
    assert "--variant=minbase --include=make,git " in asked and f" {release} " in asked
    assert tree.left() == ["lock"]


def test_machine_without_debian_is_told(tree):
    tree.tool("mmdebstrap", "exit 0")
    tree.tool("apt-get", "echo 'http://other.example/node/ nodistro main origin=Other key=/other.gpg'")
    assert "apt on this machine knows no archive of Debian's" in tree.run()[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_one_that_is_ended(tree, tmp_path, number):
    """No process; and no file, at the latest once the next one begins."""
    tree.tool("mmdebstrap", f"echo $$ >{tmp_path}/pid; exec sleep 300")
    child = tree.start()
    deadline = time.monotonic() + 60
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip()):
        assert time.monotonic() < deadline and child.poll() is None
        time.sleep(0.05)
    pid = int((tmp_path / "pid").read_text())
    child.send_signal(number)
    child.communicate(timeout=60)
    assert child.returncode == {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGKILL: -9}[number]
    while os.path.exists(f"/proc/{pid}") and "sleep" in open(f"/proc/{pid}/cmdline", encoding="utf-8").read():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    if number == signal.SIGKILL:
        tree.tool("mmdebstrap", "exit 1")
        tree.run()
    assert tree.left() == ["lock"]
