#!/usr/bin/env bash
# Takes the README's pictures: runs the demo in a terminal of its own (tmux),
# presses keys as a user would, and draws what the screen shows.
# Needs tmux, bin/kiln and bin/testbed.
set -euo pipefail
cd "$(dirname "$0")/../.."

columns=${COLUMNS_SHOWN:-132} rows=${ROWS_SHOWN:-36}
terminal=(tmux -L "kiln-picture-$$" -f /dev/null)
state=$(mktemp -d)
trap '"${terminal[@]}" kill-server 2>/dev/null || true; rm -rf "$state"' EXIT

# until_shown waits until the screen shows a text.
until_shown() {
	for _ in $(seq 300); do
		if "${terminal[@]}" capture-pane -p | grep -qF -- "$1"; then return 0; fi
		sleep 0.2
	done
	echo "the screen never showed: $1" >&2
	"${terminal[@]}" capture-pane -p >&2
	return 1
}

press() { "${terminal[@]}" send-keys "$@"; }

draw() {
	"${terminal[@]}" capture-pane -p -e | go run ./testdata/picture >"docs/$1.svg"
	echo "docs/$1.svg"
}

mkdir -p docs
"${terminal[@]}" new-session -d -x "$columns" -y "$rows" \
	"env COLORTERM=truecolor XDG_STATE_HOME='$state' bin/testbed run --load testdata/clusters/vulnerable -- bin/kiln --theme dark"
until_shown "objects"
until_shown "critical"
draw findings

press /
until_shown "filter"
press "pod/privileged.*ci-runner" Enter
press Enter
until_shown "Evidence"
draw finding
press f
until_shown "Cancel"
draw fix
press Escape
