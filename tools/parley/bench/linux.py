"""Linux beside us: Debian's kernel for the same machine, in the same emulator, with a first process that
does the same work by Linux's means (apps/bench/linux/init.c).

The kernel comes as Debian's package through apt, with a configuration of its own below build/: the
machine's own package lists stay as they are, and nothing is installed.
"""

import re
import subprocess

from parley import qemu, toolchain
from parley.bench import guest
from parley.toolchain import ROOT

PLACE = ROOT / "build/linux"
PACKAGE = "linux-image-686-pae"
SUITE = "bookworm"  # the last release of Debian with this package: those after it have no kernel for 32-bit PCs
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
COMMAND_LINE = "console=ttyS0 quiet mitigations=off panic=-1"
APT_SECONDS, BOOT_SECONDS = 300, 900

# Rows of our table by what init measures; where Linux has two ways, the cheaper one.
ROWS = {"B1": ("B1", 0), "B2": ("B2", 1), "B3": ("B3", 0), "B4": ("B4", 0), "B5_256": ("B5", 256),
        "B5_1024": ("B5", 1024), "B6_pager": ("B6_uffd", 256), "B6_kernel": ("B6", 256),
        "B7_self": ("B7_mprotect", 256), "B7_pager": ("B7_uffd", 256), "B7_kernel": ("B7", 256),
        "B9_map": ("B9_copy", 1)}


def mirror():
    """Where the machine's own apt finds Debian, of whatever release: old ones stay beside it. OSError or
    SubprocessError."""
    known = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(ORIGIN) $(SIGNED_BY)",
                            "Component: main", "Identifier: Packages"], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    for line in known:
        uri, suite, *whose = line.split()
        if "-" not in suite and ("Debian" in whose or any("debian-archive" in word for word in whose)):
            return uri
    raise OSError("apt knows no archive of Debian's")


def configuration():
    """Writes apt's configuration; its name."""
    apt = PLACE / "apt"
    for folder in ("state/lists/partial", "cache/archives/partial", "etc/preferences.d"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "state/status").touch()
    (apt / "etc/sources.list").write_text(
        f"deb [arch=i386 signed-by={KEYRING}] {mirror()} {SUITE} main\n", encoding="utf-8")
    (apt / "apt.conf").write_text(f'''Dir::State "{apt}/state";
Dir::State::status "{apt}/state/status";
Dir::Cache "{apt}/cache";
Dir::Etc "{apt}/etc";
Dir::Etc::sourcelist "{apt}/etc/sources.list";
Dir::Etc::sourceparts "-";
APT::Architecture "i386";
APT::Architectures "i386";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "2";
''', encoding="utf-8")
    return apt / "apt.conf"


def apt(tool, config, *arguments):
    """What apt prints. OSError or SubprocessError."""
    run = subprocess.run([tool, "-c", str(config), "-q", *arguments], cwd=PLACE, check=True,
                         capture_output=True, text=True, timeout=APT_SECONDS)
    return run.stdout


def download():
    """Gets the package that PACKAGE stands for into PLACE."""
    print(f"bench-linux: getting {PACKAGE} from Debian {SUITE}", flush=True)
    config = configuration()
    apt("apt-get", config, "update")
    depends = apt("apt-cache", config, "depends", PACKAGE)
    name = re.search(r"Depends: (linux-image-\S+)", depends).group(1)
    apt("apt-get", config, "download", name)


def unpack(package):
    """The package's kernel, as build/linux/vmlinuz. SubprocessError if the package is not whole."""
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as archive:
        with (PLACE / "vmlinuz").open("wb") as kernel:
            subprocess.run(["tar", "-x", "-O", "--wildcards", "./boot/vmlinuz-*"], check=True,
                           stdin=archive.stdout, stdout=kernel, stderr=subprocess.PIPE)
    if archive.returncode:
        raise subprocess.CalledProcessError(archive.returncode, command)


def fetch():
    """The kernel, as build/linux/vmlinuz; the package's name. A package that is there and not whole, because
    somebody ended an earlier run, is fetched again."""
    packages = list(PLACE.glob("linux-image-*.deb"))
    for package in packages:
        try:
            unpack(package)
            return package.stem
        except subprocess.SubprocessError:
            print(f"bench-linux: {package.name} is not whole")
            package.unlink()
    download()
    (package,) = PLACE.glob("linux-image-*.deb")
    unpack(package)
    return package.stem


def initial_files():
    """build/linux/init.cpio, with /init only, made as our own archives are."""
    subprocess.run([ROOT / "scripts/pack", PLACE / "init.cpio", f"init={PLACE / 'init'}"], check=True)


def boot(icount, extra=""):
    """One run of init; a guest.Run."""
    command = [toolchain.qemu(), "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "128",
               "-nic", "none", "-display", "none", "-no-reboot", "-serial", "stdio",
               "-monitor", "none", "-kernel", str(PLACE / "vmlinuz"),
               "-initrd", str(PLACE / "init.cpio"), "-append", f"{COMMAND_LINE} {extra}".strip()]
    command += ["-icount", "shift=0,sleep=off"] if icount else []
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                             timeout=BOOT_SECONDS, preexec_fn=qemu.die_with_parent)
    except subprocess.TimeoutExpired:
        raise guest.Failure(f"Linux: still running after {BOOT_SECONDS} s") from None
    text = run.stdout.decode(errors="replace").replace("\r", "")
    if not re.search(r"^clock ", text, re.M):
        raise guest.Failure(f"Linux: QEMU ended with {run.returncode}:\n{text[-4000:]}")
    return guest.Run(text)


def rows(medians, scale=1):
    return {key: round(medians["linux", row, size] * scale, 1)
            for key, (row, size) in ROWS.items()}


def parts():
    """Makes what is booted; the package's name, or None after a line that says why it cannot be had."""
    try:
        PLACE.mkdir(parents=True, exist_ok=True)
        package = fetch()
    except (OSError, subprocess.SubprocessError, AttributeError, ValueError) as error:
        print(f"bench-linux: {PACKAGE} cannot be had ({guest.in_a_line(error)}); "
              "nothing is used in its place")
        return None
    initial_files()
    return package


def measure():
    """{"package", "icount": rows, "init_on_alloc_off": rows, "free_running_ns": rows, "by_size"}; None,
    after a line that says why, if the package cannot be had."""
    package = parts()
    if package is None:
        return None
    counted = boot(True).medians()
    lean = boot(True, "init_on_alloc=0").medians()
    free = boot(False)
    return {"package": package, "icount": rows(counted), "init_on_alloc_off": rows(lean),
            "free_running_ns": rows(free.medians(), free.ns_per_count["linux"]),
            "by_size": {f"{row} {size}": round(value, 1)
                        for (_, row, size), value in counted.items()}}
