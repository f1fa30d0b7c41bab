-- What nvim-lspconfig does with its files, in five lines: Debian does not package it.
local config = require("spinlint").default_config
vim.g.do_filetype_lua = 1
local clients = {}

vim.api.nvim_create_autocmd("FileType", {
  pattern = config.filetypes,
  callback = function(event)
    local root = config.root_dir(vim.api.nvim_buf_get_name(event.buf))
    if not root then return end
    clients[root] = clients[root] or vim.lsp.start_client(vim.tbl_extend("force", config, { name = "spinlint", root_dir = root, on_attach = function(_, buffer)
      vim.bo[buffer].omnifunc = "v:lua.vim.lsp.omnifunc"
    end }))
    vim.lsp.buf_attach_client(event.buf, clients[root])
  end,
})
