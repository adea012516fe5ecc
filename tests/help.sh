#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every code of ERR_LIST has its page help/errors/NUMBER.md in the one form that the console and
# "musterctl explain" print, and there is no page without a code. Prints TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C.UTF-8
list=src/base/err.h
pages=help/errors
columns=76
# Printable characters that take one column everywhere: ASCII, Latin letters, dashes and quotes.
plain='^[\x20-\x7e\x{a1}-\x{ac}\x{ae}-\x{17f}\x{2013}\x{2014}\x{2018}\x{2019}\x{201c}\x{201d}\x{2026}]*$'
n=0 bad=0

# ok WHAT [FAULT...]: one TAP line; each fault becomes a diagnostic line.
ok() {
	local what=$1 fault
	shift
	n=$((n + 1))
	if [ $# = 0 ]; then
		echo "ok $n - $what"
		return
	fi
	bad=$((bad + 1))
	echo "not ok $n - $what"
	for fault in "$@"; do echo "# $fault"; done
}

# shape FILE: what is wrong with the order of its parts, one line each.
shape() {
	awk '
	function fault(what) { print "line " NR ": " what }
	function close_part() {
		if (part == "" && !text) fault("no text before the first section")
		if (part != "" && !items) fault(part " is empty")
		if (part == "## Checks" && !commands) fault("no command in ## Checks")
	}
	BEGIN { want[1] = "## Causes"; want[2] = "## Checks"; want[3] = "## Fix" }
	NR == 1 { next }
	NR == 2 { if ($0 != "") fault("want an empty line after the title"); next }
	/^#/ {
		if (before != "") fault("want an empty line before " $0)
		close_part()
		k++
		if ($0 != want[k]) fault("found " $0 ", want " (k in want ? want[k] : "nothing more"))
		part = $0; items = commands = 0
	}
	/[ \t]$/ { fault("blank at the end") }
	/^$/ && before == "" { fault("two empty lines") }
	part == "" && /^[^# ]/ { text = 1 }
	part == "" && /^[- ]/ { fault("want plain sentences before the first section") }
	part != "" && !/^(#|- [^ ]|  [^ ]|    |$)/ { fault("want \"- item\", its next line, or a command") }
	part != "" && /^- / { items++ }
	part != "" && /^ / && !items { fault("nothing this line belongs to") }
	/^    / { commands++ }
	{ before = $0 }
	END {
		close_part()
		for (k++; k <= 3; k++) print "no " want[k]
		if (before == "") print "empty line at the end"
	}' "$1"
}

# check NUMBER TITLE
check() {
	local file=$pages/$1.md
	local -a faults=()
	if [ ! -f "$file" ]; then
		ok "$1 $2" "$file is missing"
		return
	fi
	[ "$(head -n 1 "$file")" = "# $1 $2" ] || faults+=("line 1: want \"# $1 $2\"")
	mapfile -t -O "${#faults[@]}" faults < <(
		shape "$file"
		grep -nE "^.{$((columns + 1)),}" "$file" | sed "s/:.*/: more than $columns columns/; s/^/line /"
		iconv -f UTF-8 -t UTF-8 "$file" >/dev/null 2>&1 || echo "not UTF-8"
		grep -nvP "$plain" "$file" 2>/dev/null | sed 's/^\([0-9]*\):.*/line \1: a character that not every terminal shows/'
		[ -z "$(tail -c 1 "$file")" ] || echo "no newline at the end"
	)
	ok "$1 $2" "${faults[@]}"
}

mapfile -t rows < <(sed -nE 's/^[[:blank:]]*X\([A-Z0-9_]+, *([0-9]+), *[A-Z]+, *"([^"]*)"\).*/\1 \2/p' "$list")

# A row that the pattern above does not understand must not go unseen.
written=$(sed -n '/^#define ERR_LIST/,/^[[:blank:]]*$/p' "$list" | grep -cE '^[[:blank:]]*X\(')
faults=()
[ "${#rows[@]}" -gt 0 ] || faults+=("no row found")
[ "$written" = "${#rows[@]}" ] || faults+=("$written rows written, ${#rows[@]} understood")
ok "ERR_LIST is read in full" "${faults[@]}"

mapfile -t faults < <(printf '%s\n' "${rows[@]%% *}" | sort | uniq -d | sed 's/$/ is used twice/')
ok "each number is used once" "${faults[@]}"

for row in "${rows[@]}"; do
	check "${row%% *}" "${row#* }"
done

faults=()
known=" ${rows[*]%% *} "
for file in "$pages"/* "$pages"/.[!.]*; do
	[ -e "$file" ] || continue
	name=${file##*/}
	[[ $name == *.md && $known == *" ${name%.md} "* ]] || faults+=("$file")
done
ok "no page without a code" "${faults[@]}"

echo "1..$n"
[ "$bad" = 0 ]
