"""How a command begins and ends: its standard files, what it complains of, its exit status."""

import difflib
import importlib
import os
import signal
import sys

# What a run exits with when the program's own status (0..100) cannot be had.
EXIT_USAGE, EXIT_OUTPUT, EXIT_TIMEOUT, EXIT_PANIC, EXIT_QEMU = 2, 123, 124, 125, 126


def open_standard_files():
    """A standard file that whoever started us closed is /dev/null; else the next file opened would be in its place."""
    for fd, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(fd)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
            setattr(sys, name, open(fd, mode, encoding="utf-8", closefd=False))


def give_up_on(fd):
    """What is still to be written there goes nowhere, without a word when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), fd)


def complain(text):
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        give_up_on(2)


def fail(text, status=EXIT_USAGE):
    """Ends this program with one line."""
    complain(f"make run: {text}")
    sys.exit(status)


def run_main(main):
    """Ends this program with the status of main(). A file that cannot be read or written, standard output too, is one
    line; who reads our output may go, and Ctrl-C end us, without one."""
    script = os.path.basename(sys.argv[0]).replace("run", "make run")
    try:
        try:
            status = main()
        except SystemExit as end:
            status = end.code
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    except BrokenPipeError:
        give_up_on(1)
        status = 128 + signal.SIGPIPE
    except OSError as error:
        give_up_on(1)
        complain(f"{script}: {error.filename or 'standard output'}: {error.strerror}")
        status = EXIT_OUTPUT
    sys.exit(status)


def nearest(word, known):
    """What of `known` was perhaps meant, as the end of a message; or all that is known."""
    found = difflib.get_close_matches(word.lower(), [name.lower() for name in known], 1, 0.6)
    if found:
        return f"did you mean {next(name for name in known if name.lower() == found[0])}?"
    return f"have: {' '.join(known)}"


def start(module):
    """What a file of scripts/ does: the command of that module of this package."""
    open_standard_files()
    run_main(lambda: importlib.import_module(f"parley.{module}").main())
