# A terminal that an editor runs in: what is typed is what a person types, what is asserted is what is on the screen. Sourced by `run`.

terminal() { tmux -L "spinlint-$$" -f /dev/null "$@"; }

# Starts a command (one shell word list) in a fresh terminal.
starts() { # name, command
    editor=$1
    terminal kill-server 2>/dev/null || true
    LC_ALL=C.UTF-8 TERM=screen-256color terminal -u new-session -d -x 150 -y 40 "$2"
    terminal set-option -s escape-time 0
}

screen() { terminal capture-pane -p 2>/dev/null; }
presses() { terminal send-keys "$@"; }
types() { terminal send-keys -l -- "$1"; }

# Keeps the screen, as a transcript for the reader of a failed run and for the README.
keeps() { screen >"$shots/$editor-$1.txt"; }

fails() {
    echo "FAILED: $1"
    screen | tee "$shots/$editor-failed.txt"
    terminal kill-server 2>/dev/null || true
    exit 1
}

within() { # seconds, command: until it holds
    local _
    for _ in $(seq $(($1 * 10))); do "${@:2}" && return; sleep 0.1; done
    return 1
}

on_screen() { screen | grep -qF -- "$1"; }
not_on_screen() { ! on_screen "$1"; }
sees() { within 30 on_screen "$1" || fails "not on the screen: $1"; }
sees_no() { within 30 not_on_screen "$1" || fails "still on the screen: $1"; }

# The manifest on disk is the example with the line that was missing, and nothing else has changed.
is_fixed() { grep -qx 'key_value_stores = \["default"\]' "$1/spin.toml" && diff -q <(grep -v '^key_value_stores = ' "$1/spin.toml") "$root/examples/key-value-rust/spin.toml" >/dev/null; }
fixed() { within 10 is_fixed "$1" || { cat "$1/spin.toml"; fails "the file on disk is not the fixed one"; }; }

ends() { within 10 gone || fails "the editor does not end"; }
gone() { ! terminal has-session 2>/dev/null; }
