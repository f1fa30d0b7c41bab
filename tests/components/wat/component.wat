;; A minimal component: opens the store "default" of fermyon:spin/key-value@2.0.0; exports run.
(component
  (import "fermyon:spin/key-value@2.0.0" (instance $kv
    (export "store" (type $store (sub resource)))
    (type $err (variant (case "store-table-full") (case "no-such-store") (case "access-denied") (case "other" string)))
    (export "error" (type $error (eq $err)))
    (export "[static]store.open" (func (param "label" string) (result (result (own $store) (error $error)))))))
  (core module $libc
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024))
  (core instance $l (instantiate $libc))
  (alias core export $l "memory" (core memory $mem))
  (alias core export $l "cabi_realloc" (core func $realloc))
  (core func $open (canon lower (func $kv "[static]store.open") (memory $mem) (realloc $realloc)))
  (core module $main
    (import "libc" "memory" (memory 1))
    (import "fermyon:spin/key-value@2.0.0" "[static]store.open" (func $open (param i32 i32 i32)))
    (data (i32.const 16) "default")
    (func (export "run")
      i32.const 16
      i32.const 7
      i32.const 64
      call $open))
  (core instance $i (instantiate $main
    (with "libc" (instance $l))
    (with "fermyon:spin/key-value@2.0.0" (instance (export "[static]store.open" (func $open))))))
  (func $run (canon lift (core func $i "run")))
  (export "run" (func $run)))
