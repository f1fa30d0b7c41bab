;; An outer component without code of its own; the one nested in it imports spin:key-value/key-value@3.0.0 and opens "cache".
(component
  (import "spin:key-value/key-value@3.0.0" (instance $kv
    (export "store" (type $store (sub resource)))
    (type $err (variant (case "store-table-full") (case "no-such-store") (case "access-denied") (case "other" string)))
    (export "error" (type $error (eq $err)))
    (export "[static]store.open" (func async (param "label" string) (result (result (own $store) (error $error)))))))
  (component $inner
    (import "spin:key-value/key-value@3.0.0" (instance $kv
      (export "store" (type $store (sub resource)))
      (type $err (variant (case "store-table-full") (case "no-such-store") (case "access-denied") (case "other" string)))
      (export "error" (type $error (eq $err)))
      (export "[static]store.open" (func async (param "label" string) (result (result (own $store) (error $error)))))))
    (core module $libc
      (memory (export "memory") 1)
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024))
    (core instance $l (instantiate $libc))
    (alias core export $l "memory" (core memory $mem))
    (alias core export $l "cabi_realloc" (core func $realloc))
    (core func $open (canon lower (func $kv "[static]store.open") (memory $mem) (realloc $realloc) async))
    (core module $main
      (import "libc" "memory" (memory 1))
      (import "spin:key-value/key-value@3.0.0" "[async-lower][static]store.open" (func $open (param i32 i32 i32) (result i32)))
      (data (i32.const 32) "cache")
      (func (export "run") (result i32)
        i32.const 32
        i32.const 5
        i32.const 64
        call $open))
    (core instance $i (instantiate $main
      (with "libc" (instance $l))
      (with "spin:key-value/key-value@3.0.0" (instance (export "[async-lower][static]store.open" (func $open))))))
    (func $run (result u32) (canon lift (core func $i "run")))
    (export "run" (func $run)))
  (instance $inst (instantiate $inner (with "spin:key-value/key-value@3.0.0" (instance $kv))))
  (alias export $inst "run" (func $run))
  (export "run" (func $run)))
