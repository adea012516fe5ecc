#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# peers: strangers against muster-sim: MeshCentral's activation of a device, and every message of a
# provisioning run as MeshCentral and Device Management Toolkit build it; and MeshCentral's setup.bin
# against musterctl's. See tests/peers/README.md.
#
# Their packages are installed from tests/peers/package-lock.json into $BUILD/peers, and stay there.
. "$(dirname "${BASH_SOURCE[0]}")/e2e/lib.sh"
begin peers 30
PEERS=$SRC/tests/peers HOME_OF_PEERS=$BUILD/peers FQDN=provision.corp.example
export NODE_PATH=$HOME_OF_PEERS/node_modules

# What is there from an earlier run is used again; of MeshCentral only what the tests load is kept.
install_peers() {
	[ ! -e "$HOME_OF_PEERS/complete" ] || ! cmp -s "$PEERS/package-lock.json" "$HOME_OF_PEERS/complete" || return 0
	rm -rf "$HOME_OF_PEERS" && mkdir -p "$HOME_OF_PEERS" && cp "$PEERS"/package*.json "$HOME_OF_PEERS" &&
		timeout 300 npm ci --prefix "$HOME_OF_PEERS" --omit=optional --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error &&
		rm -rf "$NODE_PATH"/meshcentral/{agents,emails,public,rdp,translate,views} &&
		cp "$PEERS/package-lock.json" "$HOME_OF_PEERS/complete"
}

# fleet FILE JQ: devices {release, ...}, to which UUID and root are added.
fleet() {
	jq -n --arg root "$WORK/pki/root.pem" "[$2] | to_entries | map(.value + {roots: [\$root],
		uuid: \"1f2e3d4c-5b6a-4978-8695-\\(1000000000 + .key | tostring | .[1:])a4b\"})" >"$WORK/$1.json"
}

# stranger NAME SCRIPT ARGUMENT...: starts one, on the fleet and simulator of that name.
stranger() {
	sim_start "$1" --fleet "$WORK/$1.json" --base "$BASE.$((25 * ${#PID[@]} + 1))"
	SIM_SOCKET=$WORK/$1.sock timeout 180 node "$PEERS/$2.js" "${@:3}" >"$WORK/$1.out" 2>&1 &
	PID[$1]=$!
}

# told NAME: waits for its end; its facts are facts of this test.
told() {
	local status
	wait "${PID[$1]}"
	status=$?
	unset "PID[$1]"
	sim_stop "$1"
	facts "$1" $status
}

# facts NAME STATUS: those in its output.
facts() {
	local line
	while IFS= read -r line; do
		case $line in
		"ok - "*) true; ok "${line#ok - }" ;;
		"not ok - "*) false; ok "${line#not ok - }" ;;
		"# "*) echo "$line" ;;
		*) note "$line" ;;
		esac
	done <"$WORK/$1.out"
	is "$2" 0 "$1: no fact was wrong, and it came to its end"
}

install_peers >"$WORK/npm.log" 2>&1
ok "the strangers are installed" || {
	note "$(<"$WORK/npm.log")"
	finish
}
make_pki "$WORK/pki" $FQDN

fleet activation '{release: "11.8", host: "pc-1"}, {release: "12.0", host: "pc-2"}, {release: "15.0", host: "pc-3", auth_int: true},
	{release: "16.1", host: "pc-4"}, {release: "19.0", host: "pc-5"}, {release: "11.8"}, {release: "8.1", host: "pc-7"}'
fleet manager '{release: "7.1"}, {release: "8.1"}, {release: "11.8"}, {release: "15.0"} | .faults = ["no-hello"]'
fleet mesh '{release: "3.2"}, {release: "4.0"}, {release: "6.2"}, {release: "8.1", auth_int: true}, {release: "11.8"},
	{release: "12.0", faults: ["two-pages", "no-suffix"]}, {release: "16.1"}, {release: "19.0"} | .faults += ["no-hello"]'
cp "$WORK/mesh.json" "$WORK/toolkit.json"
stranger activation activation "$WORK/pki" "$PORT" $FQDN
stranger manager manager "$WORK/pki" $FQDN
stranger mesh messages mesh "$WORK/pki"
stranger toolkit messages toolkit "$WORK/pki"
for who in activation manager mesh toolkit; do told $who; done
mkdir "$WORK/setupbin"
timeout 180 node "$PEERS/setupbin.js" "$WORK/setupbin" >"$WORK/setupbin.out" 2>&1
facts setupbin $?
finish
