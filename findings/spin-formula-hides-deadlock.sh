#!/bin/bash
# Guess:   A further property makes a verification stricter: a model that deadlocks still does
#          after an ltl formula was added. Two formulas are both checked. And a verifier that
#          found an error, or did not finish its search, ends with a status that is not 0.
# Seen:    An ltl formula, even [] true, switches the check for invalid end states off: errors: 0.
#          Of two formulas only the first is checked. The verifier ends with 0 after an error and
#          after a search cut off by its depth limit.
# Version: Spin 6.5.2 (Debian 6.5.2+dfsg-1).
# Matters: A model of an IPC protocol or of a lock order is checked for deadlock above all. One
#          formula more, and the same run in a script, says that all is well.
# Instead: Run the model twice, once without formulas (for deadlocks; or compile pan.c with
#          -DNOCLAIM) and once for each -N name with -a; read "errors: 0" and the absence of
#          "depth too small" in the output, never the status.
set -u

absent() { # something that the script needs
	echo "$(basename "$0"): $1" >&2
	exit 2
}

folder=$(mktemp -d) || absent "no temporary folder"
trap 'rm -rf "$folder"' EXIT
trap 'exit 2' HUP INT TERM
cd "$folder" || absent "no temporary folder"

# Unpacks these packages, and what they need and the machine does not have.
packages() {
	local plan deb
	plan=$(apt-get -s install --no-install-recommends "$@" 2>&1) ||
		absent "apt-get does not know one of these (apt-get update?): $*"
	plan=$(sed -n 's/^Inst \([^ ]*\) .*/\1/p' <<<"$plan" |
		grep -vxF "$(printf '%s\n' "${@%%=*}")")
	# shellcheck disable=SC2086
	apt-get -qq download "$@" $plan >download.log 2>&1 ||
		absent "apt-get download: $(grep -m1 ^E: download.log)"
	for deb in *.deb; do
		dpkg -x "$deb" unpacked || absent "cannot unpack $deb"
	done
	libraries=$folder/unpacked/usr/lib/x86_64-linux-gnu
	export LD_LIBRARY_PATH=$libraries:$folder/unpacked/lib/x86_64-linux-gnu
}

compare() { # what, file with the output expected, file with the output seen
	touch "$3"
	echo "$1:"
	cat "$3"
	cmp -s "$2" "$3" && return
	echo "$(basename "$0"): $1: expected was:" >&2
	cat "$2" >&2
	exit 1
}

packages spin=6.5.2+dfsg-1 tcc=0.9.27+git20200814.62c30a4a-1 libc6-dev=2.36-9+deb12u14 \
	linux-libc-dev=6.1.192-3

headers=unpacked/usr/include
tcc="unpacked/usr/bin/tcc -B$libraries/tcc -isystem $headers -isystem $headers/x86_64-linux-gnu"

verify() { # what, model, options of the verifier
	unpacked/usr/bin/spin "-P$tcc -E -x c" -a "$2" >spin.log 2>&1
	$tcc ${defines-} -run pan.c "${@:3}" >pan.log 2>&1
	local status=$?
	echo "$1: $(grep -o 'errors: [0-9]*' pan.log), status $status" \
		"$(grep -q 'max search depth too small' pan.log && echo '(not finished)')" |
		sed 's/ *$//' >>seen
}

cat >deadlock.pml <<'END'
/* each waits for the other's message */
chan ask = [0] of { bit };
chan answer = [0] of { bit };
active proctype client() { bit got; answer?got; ask!1 }
active proctype server() { bit got; ask?got; answer!1 }
END
{ cat deadlock.pml; echo 'ltl harmless { [] true }'; } >formula.pml
cat >two.pml <<'END'
bool stopped = false;
active proctype clock() { stopped = true }
ltl holds { [] (stopped || !stopped) }
ltl fails { [] !stopped }
END
cat >deep.pml <<'END'
int n = 0;
active proctype counter() { do :: n < 5000 -> n++ :: n == 5000 -> break od; assert(false) }
END
cat >expected <<'END'
deadlock: errors: 1, status 0
deadlock and a formula: errors: 0, status 0
deadlock and a formula, -DNOCLAIM: errors: 1, status 0
two formulas, the second is wrong: errors: 0, status 0
two formulas, -N fails: errors: 1, status 0
wrong assertion, beyond the depth: errors: 0, status 0 (not finished)
END
verify "deadlock" deadlock.pml
verify "deadlock and a formula" formula.pml -a
defines=-DNOCLAIM verify "deadlock and a formula, -DNOCLAIM" formula.pml
verify "two formulas, the second is wrong" two.pml -a
verify "two formulas, -N fails" two.pml -a -N fails
verify "wrong assertion, beyond the depth" deep.pml -m1000
compare "Spin 6.5.2" expected seen
