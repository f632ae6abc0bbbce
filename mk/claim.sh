#!/bin/bash
# One make at a time builds in this tree: the Makefile calls
#
#     mk/claim.sh take PID     before anything is built: waits, with a line, while another make has the tree; then it is
#                                PID's. A folder that cannot be written is one line on standard output.
#     mk/claim.sh free PID     when nothing more is built: a guest, or the tests, may run for hours
#     mk/claim.sh clean PID    removes build/; the claim stays until PID frees it or ends
#
# The tree is claimed while the process that build/claim names (its id, and when it began, for ids come again) lives; so
# one that is killed leaves no claim behind. That file is read and written under flock(1) on the tree's folder. What a
# make starts may call make: a claim of a process above is one's own. Another container's processes are not seen.
set -eu
cd "$(dirname "$0")/.."
claim=build/claim

# When a process began, and the one above it; fails if it is no more.
began_and_parent() {
	local stat
	{ stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
	# shellcheck disable=SC2086
	set -- ${stat##*) }
	[[ $1 != [ZX] ]] || return 1
	echo "${20} $2"
}

# Whose the tree is: "PID BEGAN", or nothing.
owner() {
	local pid began now
	{ read -r pid began <$claim; } 2>/dev/null || return 0
	now=$(began_and_parent "$pid") || return 0
	[[ ${now% *} != "$began" ]] || echo "$pid $began"
}

# Whether process $1 is $2, or above it.
is_above() {
	local pid=$2 now
	while [[ $pid -gt 1 && $pid != "$1" ]]; do
		now=$(began_and_parent "$pid") || return 1
		pid=${now#* }
	done
	[[ $pid == "$1" ]]
}

write_claim() {
	local now
	now=$(began_and_parent "$1") || return 0 # no /proc: nobody can be told
	echo "$1 ${now% *}" >$claim
}

refuse() {
	echo "make: $*"
	exit 1
}

# All that is there must be ours to change, also when root, or somebody else, has built here.
check_folder() {
	local foreign
	if [[ ! -d build ]]; then
		mkdir build 2>/dev/null || [[ -d build ]] ||
			refuse "cannot make build/ here: the folder $PWD is $(stat -c %U .)'s, or read only; copy it, or become $(stat -c %U .)"
	fi
	while # a file of another make's that was there for a moment is none
		foreign=$(find build ! -writable ! -type l -print -quit 2>/dev/null) || foreign=${foreign:-build}
		[[ -n $foreign && ! -e $foreign ]]
	do :; done
	[[ -z $foreign ]] ||
		refuse "$foreign is $(stat -c %U "$foreign")'s and not yours to write; 'sudo chown -R $(id -un) build' makes it so (scripts/run boots what is built there)"
}

take() {
	local has told=
	check_folder
	while
		flock 9
		has=$(owner)
		[[ -n $has ]] && ! is_above "${has% *}" "$1"
	do
		flock -u 9
		[[ $told ]] || echo "make: another make (process ${has% *}) builds in this folder; waiting until it has built" >&2
		told=1
		sleep 0.1
	done
	[[ -n $has ]] || { mkdir -p build && write_claim "$1"; } || refuse "cannot write $PWD/$claim"
}

exec 9<.
case $1 in
take) take "$2" ;;
free)
	flock 9
	has=$(owner)
	[[ ${has% *} != "$2" ]] || rm -f $claim
	;;
clean)
	flock 9
	rm -rf build
	if [[ ${3-} ]]; then
		mkdir build && write_claim "$2"
	fi
	;;
esac
