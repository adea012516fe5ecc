#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who may include whom (the table of our style, section 2), which C functions are not to be used, and
# whether every C file says its licence. Prints TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C.UTF-8
n=0 bad=0

# Codecs of amt: bytes and texts, no I/O.
codecs='amt/(eoi_dialect|hello|identity|plan|profile|profile_file|psk|psk_file|realm|roots|setup_bin|setup_var|status|usb_image)\.h'
# Folder, and what its own headers (in quotes) may be.
rules="
src/base       base/.*
src/secret     (base|secret)/.*
src/amt        (base|secret|amt)/.*
src/pki        (base|secret|pki)/.*|amt/(hello|identity)\.h
src/directory  (base|secret|directory)/.*
db             (base|secret|db)/.*
src/engine     (base|secret|amt|pki|directory|db|engine)/.*
src/ctl        (base|secret|pki|db|ctl)/.*|$codecs
ui             (base|secret|db|ui)/.*|$codecs
sim            (base|sim)/.*|amt/(eoi_dialect|hello)\.h
src/musterd.c    (base|secret|engine)/.*|amt/(http|xml)\.h
src/musterctl.c  (base|secret|ctl)/.*|amt/xml\.h
"
# A system header, and the only places that may include it.
owners='
libpq-fe\.h            db/.*
ldap\.h|lber\.h        src/directory/.*
curl/.*                src/amt/.*
csv\.h                 src/base/csv\.c
n?curses.*|term\.h|panel\.h|form\.h|menu\.h  ui/term\.[ch]|ui/widget/.*
microhttpd\.h          src/api/.*
'
# Why: no bound, no error, shared buffers, or a shell.
refused='strcpy strcat sprintf vsprintf strncpy strncat strtok atoi atol gets gmtime localtime ctime asctime system popen'

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

# includes PATTERN-OF-BRACKETS PLACE...: "file:line:header" of each include.
includes() {
	local open=$1
	shift
	grep -rHnoE --include='*.[ch]' "^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*${open}[^\">]+" "$@" 2>/dev/null |
		sed -E "s/:[[:blank:]]*#[^\"<]*[\"<]/:/"
}

# outside REGEX: lines "file:line:header" whose header is not so.
outside() { awk -F: -v want="^($1)\$" '$3 !~ want { print $1 ", line " $2 ": includes " $3 }'; }

# code_of FILE: without comments and texts in quotes, lines kept.
code_of() {
	perl -0777 -pe 's{(/\*.*?\*/)|//[^\n]*|("(?:\\.|[^"\\\n])*")|(\x27(?:\\.|[^\x27\\\n])*\x27)}
		{ my $c = $1 // ""; $c =~ s/[^\n]//g; defined $2 ? "\"\"" : $c }gsex' "$1"
}

while read -r place may; do
	if [ -z "$place" ] || [ ! -e "$place" ]; then continue; fi
	mapfile -t faults < <(includes '"' "$place" | outside "$may")
	ok "$place includes only what it may" "${faults[@]}"
done <<<"$rules"

# A folder that the table forgets would be free to include anything.
mapfile -t faults < <(for d in src/*/ src/*.[ch] db/ ui/ sim/; do
	[ -e "$d" ] || continue
	grep -q "^${d%/} " <<<"$rules" || echo "${d%/} is not in the table"
done)
ok "every folder of the programs is in the table" "${faults[@]}"

while read -r header owner; do
	[ -n "$header" ] || continue
	mapfile -t faults < <(includes '<' src db ui sim | awk -F: -v h="^($header)\$" -v o="^($owner)\$" \
		'$3 ~ h && $1 !~ o { print $1 ", line " $2 ": includes " $3 }')
	ok "<${header//\\/}> only in ${owner//\\/}" "${faults[@]}"
done <<<"$owners"

mapfile -t files < <(find src db ui sim -name '*.[ch]' | sort)
mapfile -t faults < <(for f in "${files[@]}"; do
	code_of "$f" | grep -noE "\\b(${refused// /|})[[:blank:]]*\(" | sed -E "s|^([0-9]+):(.*)\(|$f, line \1: \2|"
done)
[ ${#files[@]} -gt 50 ] || faults+=("only ${#files[@]} files found")
ok "no ${refused// /, }" "${faults[@]}"

mapfile -t faults < <(find src db ui sim tests bench -name '*.[ch]' | sort | while read -r f; do
	head -n 5 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f: no SPDX line at its top"
done)
ok "every C file starts with its SPDX line" "${faults[@]}"

mapfile -t faults < <(for f in quickstart check .ci/run contrib/* schema/*.sql tests/*.sh tests/sql/run Makefile.am */files.am; do
	if [ ! -f "$f" ] || [[ $f == *.json ]]; then continue; fi
	head -n 3 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f: no SPDX line at its top"
done)
ok "every script and SQL file has its SPDX line" "${faults[@]}"

echo "1..$n"
[ "$bad" = 0 ]
