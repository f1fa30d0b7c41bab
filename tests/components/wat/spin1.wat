;; A Spin 1 core module (legacy ABI): opens the store "default".
(module
  (import "key-value" "open" (func $open (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "default")
  (func (export "canonical_abi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
  (func (export "canonical_abi_free") (param i32 i32 i32))
  (func (export "handle-http-request") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    i32.const 16
    i32.const 7
    i32.const 64
    call $open
    i32.const 128))
