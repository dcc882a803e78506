# A terminal of its own (tmux) with kiln on the demo cluster in it, for the
# scripts that take pictures: they press keys as a user would. Sourced by them.
# Needs tmux, bin/kiln and bin/testbed.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

columns=${COLUMNS_SHOWN:-132} rows=${ROWS_SHOWN:-36}
terminal=(tmux -L "kiln-picture-$$" -f /dev/null)
state=$(mktemp -d)
trap '"${terminal[@]}" kill-server 2>/dev/null || true; rm -rf "$state"' EXIT

# open_demo starts kiln with the given flags and waits until it is live. tmux
# leaves cells out of its captures that were erased in a colour, so kiln is told
# of a terminal that can't erase a part of a line.
open_demo() {
	"${terminal[@]}" new-session -d -x "$columns" -y "$rows" \
		"env TERM=rxvt-256color COLORTERM=truecolor XDG_STATE_HOME='$state' XDG_CONFIG_HOME='$state' bin/testbed run --load testdata/clusters/vulnerable -- bin/kiln $*"
	until_shown "● live"
}

# close_demo leaves kiln, and its cluster with it.
close_demo() {
	press C-c
	for _ in $(seq 100); do
		if ! "${terminal[@]}" has-session 2>/dev/null; then return 0; fi
		sleep 0.2
	done
}

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

# command_line types a command after the colon.
command_line() {
	press :
	sleep 0.3
	press -l "$1"
	press Enter
}

# narrow filters the list to what is typed after the slash.
narrow() {
	press /
	press -l "$1"
	press Enter
	until_shown "/$1"
}

# settle lets a page listen: for a moment after it appears, it takes no keys.
settle() { sleep 0.8; }

# draw keeps the screen as docs/NAME.svg; more arguments are picture's own.
draw() {
	mkdir -p "docs/$(dirname "$1")"
	"${terminal[@]}" capture-pane -p -e -N | go run ./testdata/picture "${@:2}" >"docs/$1.svg"
	echo "docs/$1.svg"
}
