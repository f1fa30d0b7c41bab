# spinlint for kakoune-lsp: source it from kakrc, after kakoune-lsp itself.

declare-option -hidden str lsp_server_spinlint %{
    [spinlint]
    root_globs = ["spin.toml"]
    command = "spinlint"
    args = ["lsp"]
}

# Of TOML only the manifest, in place of a general TOML server.
hook -group spinlint global BufSetOption filetype=toml %{
    evaluate-commands %sh{
        case "$kak_buffile" in */spin.toml | */spinlint.toml | */runtime-config*.toml) echo 'set-option buffer lsp_servers %opt{lsp_server_spinlint}' ;; esac
    }
}

# Beside the language's own server.
hook -group spinlint global BufSetOption filetype=(?:rust|typescript|javascript|python|go) %{
    set-option -add buffer lsp_servers %opt{lsp_server_spinlint}
}
