#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The manual pages and documents against the code: mandoc finds nothing; every command and option, key
# of the configuration file, setting, key of a profile, realm, table and code is there, and no code
# that does not exist. Prints TAP.
#
#   BUILD    the folder with the programs (default: where this is called from)
set -u
BUILD=$(cd "${BUILD:-$PWD}" && pwd) || exit 1
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C.UTF-8 MUSTER_DATADIR=$PWD COLUMNS=200
unset MUSTER_CONF
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

# all_in FILE PREFIX SUFFIX: the lines of standard input that FILE does not hold with these around them.
all_in() {
	local word some=
	while IFS= read -r word; do
		some=1
		grep -qF -- "$2$word$3" "$1" || echo "$1: $word is missing"
	done
	[ -n "$some" ] || echo "nothing was found to look for"
}

# option_in PAGE TEXT: the options on standard input that TEXT, a part of PAGE, does not have.
option_in() {
	local option some=
	while IFS= read -r option; do
		some=1
		grep -qE -- "Fl -$option([^a-z0-9-]|\$)" <<<"$2" || echo "$1: --$option is missing"
	done
	[ -n "$some" ] || [ -z "$3" ] || echo "no option was found"
}

# long_options: the long options in the help text on standard input.
long_options() {
	grep -oE '(^|[ ,])--[a-z0-9-]+' | grep -oE -- '[a-z0-9][a-z0-9-]*$' | grep -vxE 'help|usage|version' | sort -u
}

# The manual pages

if command -v mandoc >/dev/null; then
	for page in doc/man/*; do
		mapfile -t faults < <(mandoc -Tlint -W warning "$page" 2>&1)
		ok "mandoc finds nothing in $page" "${faults[@]}"
	done
else
	ok "mandoc is installed" "Debian: mandoc"
fi

for program in muster musterctl musterd muster-sim; do
	page=$(echo doc/man/$program.[18])
	faults=()
	if [ -x "$BUILD/$program" ]; then
		mapfile -t faults < <("$BUILD/$program" --help </dev/null | long_options | option_in "$page" "$(cat "$page")" some)
	else
		faults+=("$BUILD/$program: no such program: name its folder in BUILD")
	fi
	ok "every option of $program is in $page" "${faults[@]}"
done

# item COMMAND: its entry in musterctl.1, up to the next one.
item() {
	awk -v want=".It Ic $1" '/^\.It Ic / { on = index($0 " ", want " ") == 1 } on' doc/man/musterctl.1
}

# A command is a line of two blanks and a name; its arguments are in capitals or begin with [.
mapfile -t commands < <("$BUILD/musterctl" --help </dev/null | sed -n '/^Commands:/,$p' |
	sed -nE 's/^  ([a-z]+( [a-z-]+)?)( .*|$)/\1/p')
[ "${#commands[@]}" -gt 0 ] || ok "musterctl --help lists commands" "none was found"
for command in "${commands[@]}"; do
	text=$(item "$command")
	# shellcheck disable=SC2086 # two words on purpose
	mapfile -t faults < <("$BUILD/musterctl" $command --help </dev/null | long_options | grep -vx json | option_in "$command" "$text" '')
	[ -n "$text" ] || faults+=("doc/man/musterctl.1 has no \".It Ic $command\"")
	ok "musterctl $command is in musterctl.1 with its options" "${faults[@]}"
done

mapfile -t faults < <(sed -nE 's/^[[:blank:]]*KEY\("([a-z_]+)", "([a-z_]+)".*/\2/p' src/base/conf.c | all_in doc/man/muster.conf.5 '.It Cm ' '')
ok "every key of the configuration file is in muster.conf.5" "${faults[@]}"

mapfile -t faults < <(sed -nE 's/^[[:blank:]]*\[FK_[A-Z0-9_]+\][[:blank:]]*= \{ "([a-z0-9-]+)".*/\1/p' sim/fault.c | all_in doc/man/muster-sim.1 '.It Cm ' '')
ok "every fault of muster-sim is in muster-sim.1" "${faults[@]}"

# Settings: a row each, with the default and the range.

setting_faults() {
	local name least most standard row some=
	while IFS=, read -r name least most standard; do
		some=1
		row=$(grep -F "| \`$name\` |" doc/settings.md)
		if [ -z "$row" ]; then
			echo "$name is missing"
			continue
		fi
		grep -qF "| $standard" <<<"$row" || echo "$name: its default is $standard"
		[ "$least" = NULL ] || grep -qF "$least to $most |" <<<"$row" || echo "$name: its range is $least to $most"
	done < <(sed -nE "s/^[[:blank:]]*\('([a-z_]+)', '([a-z]+)', ([0-9]+|NULL), ([0-9]+|NULL), '([^']*)',.*/\1,\3,\4,\5/p" schema/0*.sql)
	[ -n "$some" ] || echo "no setting was found in schema/"
	# shellcheck disable=SC2016 # the backquotes are Markdown's
	while IFS= read -r name; do
		grep -qE "^[[:blank:]]*\('$name', " schema/*.sql || echo "$name: no such setting"
	done < <(sed -nE 's/^\| `([a-z_]+)` \|.*/\1/p' doc/settings.md)
}
mapfile -t faults < <(setting_faults)
ok "doc/settings.md has the settings of the schema with default and range, and no others" "${faults[@]}"

# Profiles

mapfile -t faults < <(sed -nE 's/^[[:blank:]]*\{ (NULL|"[a-z]+"), "([a-z_]+)", PROFILE_.*/\1.\2/p' src/amt/profile.c |
	sed 's/^NULL\.//; s/"//g' | grep -vx 'acl\.access' | all_in doc/profile.md '| `' '` |')
ok "every key of a profile is in doc/profile.md" "${faults[@]}"

mapfile -t faults < <(sed -nE '/^static const struct profile_word/,/;/p' src/amt/profile.c | grep -oE '\{ "[a-z0-9-]+"' | grep -oE '[a-z0-9-]+' |
	sort -u | all_in doc/profile.md '`' '`')
ok "every word a profile may use is in doc/profile.md" "${faults[@]}"

# shellcheck disable=SC2016 # the backquotes are Markdown's
mapfile -t faults < <(sed -nE 's/^[[:blank:]]*\{ [0-9]+, "([a-z-]+)", ([0-9]+), "([^"]*)" \},/| `\1` | \2 | \3 |/p' src/amt/realm.c | all_in doc/profile.md '' '')
ok "every realm is in doc/profile.md as realm.c has it" "${faults[@]}"

# Roles

mapfile -t faults < <(sed -nE 's/^CREATE TABLE muster\.([a-z_]+) \($/\1/p' schema/*.sql | all_in doc/roles.md '`' '`')
ok "every table is in doc/roles.md" "${faults[@]}"

mapfile -t faults < <(cat schema/*.sql | awk '/^GRANT EXECUTE/ { on = 1 } on { text = text " " $0 } on && /;/ { print text; text = ""; on = 0 }' |
	grep -E 'TO .*muster_(operator|administrator)' | grep -oE 'muster\.[a-z_]+\(' | sed 's/^muster\.//; s/($//' | sort -u | all_in doc/roles.md '`' '`')
ok "every function that people may call is in doc/roles.md" "${faults[@]}"

# Codes: in brackets, or after the word.

code_faults() {
	local code some=
	while IFS= read -r code; do
		some=1
		[ -f "help/errors/$code.md" ] || echo "$code: no such code"
	done < <(cat doc/*.md doc/man/* | grep -oE '\((code )?[0-9]{3,4}((,| to| or) [0-9]{3,4})*\)|codes? [0-9]{3,4}( to [0-9]{4})?' | grep -oE '[0-9]+' | sort -u)
	[ -n "$some" ] || echo "no code was found"
}
mapfile -t faults < <(code_faults)
ok "every code that the documents name exists" "${faults[@]}"

mapfile -t faults < <(grep -nE '(^|[^a-z])/(tmp|work|home)/' doc/*.md doc/man/*)
ok "no document names a folder of somebody's machine" "${faults[@]}"

echo "1..$n"
[ "$bad" = 0 ]
