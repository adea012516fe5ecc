#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# peers: strangers against muster-sim: MeshCentral's activation of a device, and every message of a
# provisioning run as MeshCentral and Device Management Toolkit build it. See tests/peers/README.md.
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

# stranger NAME SCRIPT ARGUMENT...: its facts are facts of this test.
stranger() {
	local line
	while IFS= read -r line; do
		case $line in
		"ok - "*) true; ok "${line#ok - }" ;;
		"not ok - "*) false; ok "${line#not ok - }" ;;
		"# "*) echo "$line" ;;
		*) note "$line" ;;
		esac
	done < <(SIM_SOCKET=$WORK/$1.sock timeout 120 node "$PEERS/$2.js" "${@:3}" 2>&1; echo "status $?" >"$WORK/$1.status")
	is "$(<"$WORK/$1.status")" "status 0" "$1: no fact was wrong, and it came to its end"
}

install_peers >"$WORK/npm.log" 2>&1
ok "the strangers are installed" || {
	note "$(<"$WORK/npm.log")"
	finish
}
make_pki "$WORK/pki" $FQDN

fleet activation '{release: "11.8", host: "pc-1"}, {release: "12.0", host: "pc-2"}, {release: "15.0", host: "pc-3", auth_int: true},
	{release: "16.1", host: "pc-4"}, {release: "19.0", host: "pc-5"}, {release: "11.8"}, {release: "8.1", host: "pc-7"}'
sim_start activation --fleet "$WORK/activation.json" --base "$BASE.1"
stranger activation activation "$WORK/pki" "$PORT" $FQDN
sim_stop activation

fleet messages '{release: "3.2"}, {release: "4.0"}, {release: "6.2"}, {release: "8.1", auth_int: true}, {release: "11.8"},
	{release: "12.0", faults: ["two-pages", "no-suffix"]}, {release: "16.1"}, {release: "19.0"} | .faults += ["no-hello"]'
for who in mesh toolkit; do
	sim_start $who --fleet "$WORK/messages.json" --base "$BASE.1"
	stranger $who messages $who "$WORK/pki"
	sim_stop $who
done
finish
