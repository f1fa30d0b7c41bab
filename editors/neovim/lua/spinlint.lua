-- spinlint for nvim-lspconfig, Neovim 0.7 to 0.10: copy to `lua/` of the configuration, then
--   require("lspconfig.configs").spinlint = require("spinlint")
--   require("lspconfig").spinlint.setup({})

return {
  default_config = {
    cmd = { "spinlint", "lsp" },
    filetypes = { "toml", "rust", "typescript", "typescriptreact", "javascript", "javascriptreact", "python", "go" },
    -- Only where there is a manifest, and of TOML only the manifest and what configures.
    root_dir = function(path)
      local name = path:match("[^/\\]+$") or ""
      local ours = name == "spin.toml" or name == "spinlint.toml" or name:match("^runtime%-config.*%.toml$")
      if name:match("%.toml$") and not ours then return nil end
      local found = vim.fn.findfile("spin.toml", vim.fn.fnamemodify(path, ":h"):gsub("[ ;,]", "\\%0") .. ";")
      return found ~= "" and vim.fn.fnamemodify(found, ":p:h") or nil
    end,
    settings = { spinlint = vim.empty_dict() },
  },
  docs = { description = "https://github.com/spinlint/spinlint\n\nTells in `spin.toml` what Spin refuses, and which store the code opens without a grant." },
}
