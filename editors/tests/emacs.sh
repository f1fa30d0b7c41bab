# Emacs as a person uses it, with the shipped configuration and Eglot: today's, and Debian's oldest with the package elpa-eglot.
# Sourced by `run`.

emacs_today() {
    debian_testing emacs-nox && have tmux tmux || return 77
    local share=$cache/debian/usr/share/emacs exec=$cache/debian/usr/libexec/emacs
    local version=("$share"/[0-9]*)
    version=${version##*/}
    exec=$exec/$version/x86_64-linux-gnu
    emacs_session emacs "EMACSLOADPATH=$(find "$share/$version/lisp" -type d -printf '%p:' | sed 's/:$//') EMACSDATA=$share/$version/etc \
EMACSDOC=$share/$version/etc EMACSPATH=$exec today-emacs-nox --dump-file=$(echo "$exec"/emacs-*.pdmp)"
}

emacs_older() {
    have emacs emacs-nox elpa-eglot && have tmux tmux || return 77
    emacs_session emacs-28 emacs
}

command_named() {
    presses M-x
    types "$1"
    presses Enter
}

emacs_grant() {
    command_named eglot-code-actions
    sees 'grant store "default"'
    keeps "$1"
}

emacs_session() { # name, command
    local app home
    app=$(workspace)
    home=$(mktemp -d)
    starts "$1" "cd $app && HOME=$home $2 -q -l $root/editors/emacs/spinlint.el --eval '(setq make-backup-files nil inhibit-startup-screen t)' spin.toml"
    command_named flymake-show-buffer-diagnostics
    sees 'opens store "default"'
    keeps problem
    sleep 2
    fails stop
}
