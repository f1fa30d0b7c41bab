# Emacs as a person uses it, with the shipped configuration and Eglot: today's, and Debian's oldest with the package elpa-eglot.
# Sourced by `run`.

emacs_today() {
    debian_testing emacs-nox && have tmux tmux || return 77
    local share=$cache/debian/usr/share/emacs exec=$cache/debian/usr/libexec/emacs
    local version=("$share"/[0-9]*)
    version=${version##*/}
    exec=$exec/$version/x86_64-linux-gnu
    emacs_session emacs "EMACSLOADPATH=$(find "$share/$version/lisp" "$share"/site-lisp/elpa-src/rust-mode-* -type d -printf '%p:' | sed 's/:$//') EMACSDATA=$share/$version/etc \
EMACSDOC=$share/$version/etc EMACSPATH=$exec today-emacs-nox --dump-file=$(echo "$exec"/emacs-*.pdmp)"
}

emacs_older() {
    packages emacs-nox elpa-eglot elpa-rust-mode && have tmux tmux || return 77
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
    presses Enter
}

emacs_session() { # name, command
    local app home
    app=$(workspace)
    home=$(mktemp -d)
    mkdir -p "$home/.emacs.d"
    echo '(setq native-comp-async-report-warnings-errors nil)' >"$home/.emacs.d/early-init.el"
    { echo "(setq make-backup-files nil inhibit-startup-screen t) (autoload 'rust-mode \"rust-mode\") (add-to-list 'auto-mode-alist '(\"rs\\\\'\" . rust-mode))" && cat editors/emacs/spinlint.el; } >"$home/.emacs.d/init.el"
    starts "$1" "cd $app && HOME=$home $2 spin.toml"
    sees 'Spin Flymake'
    command_named flymake-show-buffer-diagnostics
    sees 'opens store "default"'
    keeps problem

    searches '[component.key-value-rust'
    emacs_grant actions
    sees 'key_value_stores = ["default"]'
    sees_no 'opens store "default"'
    presses C-x C-s
    fixed "$app"
    keeps fixed
    echo "ok $1: the problem is shown, the quick fix writes the line, the problem is gone"

    searches key_value_stores
    presses C-e Enter
    types 'sqlite_database = []'
    sees 'has no key `sqlite_database`'
    presses C-a C-k
    types sql
    presses C-M-i
    sees 'sqlite_databases'
    keeps completion
    presses C-a C-s
    types '"'
    presses Enter
    types default
    sees 'sqlite_databases = ["default"]'
    sees_no 'has no key'
    sees_no 'is no database label'
    echo "ok $1: a wrong key is told, a right one completed"

    # As it was at first, so that the call in the code has something to tell.
    searches key_value_stores
    presses C-a C-k C-k C-k C-k C-x C-s
    sees 'opens store "default"'
    presses C-x C-f
    types src/lib.rs
    presses Enter
    sees 'Store::open_default'
    # Eglot has one server in a buffer: here it is spinlint and not rust-analyzer.
    presses C-u
    command_named eglot
    within 2 on_screen 'More than one server' && presses Enter
    sees 'Enter program to execute'
    presses C-a C-k
    types 'spinlint lsp'
    presses Enter
    command_named flymake-show-buffer-diagnostics
    sees 'is not granted store "default"'
    searches open_default
    emacs_grant in-code
    presses C-x s
    types '!'
    fixed "$app"
    sees_no 'is not granted store "default"'
    echo "ok $1: the call in the code is told, and mended in the manifest"
    presses C-x C-c
    ends
}

searches() {
    presses M-\< C-s
    types "$1"
    presses Enter
}
