# Helix as a person uses it, with the shipped configuration. Sourced by `run`.

helix() {
    debian_testing hx && have tmux tmux || return 77
    local app home
    app=$(workspace)
    home=$(mktemp -d)
    mkdir -p "$home/helix"
    cp editors/helix/languages.toml "$home/helix/languages.toml"
    printf '[editor]\nend-of-line-diagnostics = "hint"\n' >"$home/helix/config.toml"
    starts helix "cd $app && XDG_CONFIG_HOME=$home XDG_CACHE_HOME=$home HELIX_RUNTIME=$cache/debian/usr/lib/hx/runtime today-hx spin.toml"
    sees 'opens store "default"'
    keeps problem

    finds 'component.key-value-rust.'
    helix_grant actions
    sees 'key_value_stores = ["default"]'
    sees_no 'opens store "default"'
    types ':write'
    presses Enter
    fixed "$app"
    keeps fixed
    echo "ok helix: the problem is shown, the quick fix writes the line, the problem is gone"

    finds key_value_stores
    types 'osqlite_database = []'
    presses Escape
    sees 'has no key `sqlite_database`'
    types 'xcsql'
    sees 'sqlite_databases'
    keeps completion
    presses Tab Enter
    sees 'sqlite_databases = '
    presses Escape
    sees_no 'has no key'
    echo "ok helix: a wrong key is told, a right one completed"

    types ':reload'
    presses Enter
    sees_no 'sqlite_databases'
    finds key_value_stores
    types 'xd:write'
    presses Enter
    types ':open src/lib.rs'
    presses Enter
    sees 'is not granted store "default"'
    finds open_default
    helix_grant in-code
    sees_no 'is not granted store "default"'
    types ':write-all'
    presses Enter
    fixed "$app"
    echo "ok helix: the call in the code is told, and mended in the manifest"
    types ':quit'
    presses Enter
    # A message of its own may take the place of the prompt just then; a person types it again.
    within 10 gone || { presses Escape; types ':quit'; presses Enter; }
    ends
}

finds() {
    types "gg/$1"
    presses Enter
}

# Asks for the actions at the cursor and takes the first.
helix_grant() {
    types ' a'
    sees 'grant store "default"'
    keeps "$1"
    presses Enter
}
