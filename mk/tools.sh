#!/bin/sh
# The tools that build and run Parley, as this machine has them: lines NAME=VALUE. The Makefile and the scripts
# take their names from here and from nowhere else.
#
#   cross     what stands before gcc, ar, objcopy, nm ..: PARLEY_CROSS (make's CROSS=) or the first that is there
#   m32       -m32 where that compiler makes 64-bit code by itself
#   qemu      qemu-system-i386, or qemu-system-x86_64, which has all that it has
# `mk/tools.sh NAME` prints only that one's value.
#
# What is nowhere has the name that Debian gives it, for whoever uses it to miss.
#
# `mk/tools.sh python MODULE...`: the first Python that has these modules; nothing if none has.
set -eu

has() {
	command -v "$1" >/dev/null
}

if [ "${1-}" = python ]; then
	shift
	for python in python3 /usr/bin/python3 /usr/local/bin/python3; do
		if has $python && $python -c "import $(echo "$*" | tr ' ' ,)" 2>/dev/null; then
			echo $python
			break
		fi
	done
	exit 0
fi

# Makes 64-bit code unless told otherwise.
is_64() {
	case $("$1gcc" -dumpmachine) in x86_64-*) true ;; *) false ;; esac
}

# Can make 32-bit x86 code, its own library (libgcc) included: many 64-bit compilers have only half of that.
can_32() {
	case $("$1gcc" -dumpmachine) in
	x86_64-*) [ "$("$1gcc" -m32 -print-libgcc-file-name)" != "$("$1gcc" -print-libgcc-file-name)" ] ;;
	i?86-*) true ;;
	*) false ;;
	esac
}

say() {
	[ -n "$only" ] || printf %s= "$1"
	echo "$2"
}

find_qemu() {
	if ! has qemu-system-i386 && has qemu-system-x86_64; then
		say qemu qemu-system-x86_64
	else
		say qemu qemu-system-i386
	fi
}

only=${1-}
if [ "$only" = qemu ]; then
	find_qemu
	exit 0
fi

found=no
cross=${PARLEY_CROSS-}
if [ -z "$cross" ]; then
	for cross in i686-linux-gnu- i686-elf- i386-elf- x86_64-elf- ''; do
		if has "${cross}gcc" && has "${cross}objcopy" && can_32 "$cross"; then
			found=yes
			break
		fi
	done
	[ $found = yes ] || cross=i686-linux-gnu-
fi
m32=
if has "${cross}gcc" && is_64 "$cross"; then
	m32=-m32
fi
[ "${only:-cross}" != cross ] || say cross "$cross"
[ "${only:-m32}" != m32 ] || say m32 "$m32"
[ -n "$only" ] || find_qemu
