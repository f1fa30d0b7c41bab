# Neovim as a person uses it, with the shipped configuration: today's with `vim.lsp.config`, and the oldest that Debian still has with
# what nvim-lspconfig reads. Sourced by `run`.

neovim() {
    debian_testing nvim && have tmux tmux || return 77
    local home
    home=$(mktemp -d)
    mkdir -p "$home/nvim"
    cp -r editors/neovim/lsp "$home/nvim/lsp"
    echo 'vim.lsp.enable("spinlint")' >"$home/nvim/init.lua"
    neovim_session neovim "XDG_CONFIG_HOME=$home VIMRUNTIME=$cache/debian/usr/share/nvim/runtime today-nvim"
}

neovim_older() {
    have nvim neovim && have tmux tmux || return 77
    local home
    home=$(mktemp -d)
    mkdir -p "$home/nvim"
    cp -r editors/neovim/lua "$home/nvim/lua"
    cp editors/tests/nvim-0.7.lua "$home/nvim/init.lua"
    neovim_session neovim-0.7 "XDG_CONFIG_HOME=$home nvim"
}

command_line() { types ":$1"; presses Enter; }

# Asks for the actions at the cursor and chooses the one that grants.
grant() {
    command_line 'lua vim.lsp.buf.code_action()'
    sees 'grant store "default"'
    keeps "$1"
    types "$(screen | sed -nE 's/^ *([0-9]+): .*grant store "default".*/\1/p' | head -1)"
    presses Enter
}

neovim_session() { # name, command
    local app
    app=$(workspace)
    starts "$1" "cd $app && XDG_STATE_HOME=$app/../state XDG_DATA_HOME=$app/../data $2 -n spin.toml"
    command_line 'lua vim.diagnostic.config({ virtual_text = true })'
    sees 'opens store "default"'
    keeps problem

    command_line '/component.key-value-rust]'
    grant actions
    sees 'key_value_stores = ["default"]'
    sees_no 'opens store "default"'
    command_line write
    fixed "$app"
    keeps fixed
    echo "ok $1: the problem is shown, the quick fix writes the line, the problem is gone"

    command_line '/key_value_stores'
    types 'osqlite_database = []'
    presses Escape
    sees 'has no key `sqlite_database`'
    types 'Ssql'
    presses C-x C-o
    sees 'sqlite_databases'
    keeps completion
    presses Escape
    types '0f"adefault'
    presses Escape
    sees 'sqlite_databases = ["default"]'
    sees_no 'has no key'
    echo "ok $1: a wrong key is told, a right one completed"

    command_line 'edit!'
    command_line '/key_value_stores'
    command_line delete
    command_line write
    command_line 'edit src/lib.rs'
    sees 'is not granted store "default"'
    command_line '/open_default'
    grant in-code
    sees_no 'is not granted store "default"'
    command_line wall
    fixed "$app"
    echo "ok $1: the call in the code is told, and mended in the manifest"
    command_line quit
    ends
}
