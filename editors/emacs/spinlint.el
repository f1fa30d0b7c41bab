;;; spinlint.el --- spinlint for Eglot -*- lexical-binding: t -*-

;; Eglot runs one server in a buffer: the manifest gets a mode of its own, other TOML keeps its server.
(define-derived-mode spin-manifest-mode conf-toml-mode "Spin"
  "Major mode for the manifests of Spin apps.")
(add-to-list 'auto-mode-alist '("/\\(spin\\|spinlint\\|runtime-config[^/]*\\)\\.toml\\'" . spin-manifest-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '((spin-manifest-mode :language-id "toml") . ("spinlint" "lsp"))))

(add-hook 'spin-manifest-mode-hook #'eglot-ensure)

(provide 'spinlint)
;;; spinlint.el ends here
