-- spinlint for Neovim 0.11 and newer: copy to `lsp/` of the configuration, then `vim.lsp.enable("spinlint")`.

---@type vim.lsp.Config
return {
  cmd = { "spinlint", "lsp" },
  filetypes = { "toml", "rust", "typescript", "typescriptreact", "javascript", "javascriptreact", "python", "go" },
  -- Only where there is a manifest, and of TOML only the manifest and what configures.
  root_dir = function(buffer, use)
    local name = vim.fs.basename(vim.api.nvim_buf_get_name(buffer))
    local ours = name == "spin.toml" or name == "spinlint.toml" or name:match("^runtime%-config.*%.toml$")
    if vim.bo[buffer].filetype == "toml" and not ours then return end
    local root = vim.fs.root(buffer, { "spin.toml", "spinlint.toml" })
    if root then use(root) end
  end,
  settings = { spinlint = vim.empty_dict() },
}
