;; A component with wasi:keyvalue/store@0.2.0-draft2: opens the bucket "sessions"; address and length come from globals.
(component
  (import "wasi:keyvalue/store@0.2.0-draft2" (instance $kv
    (export "bucket" (type $bucket (sub resource)))
    (type $err (variant (case "no-such-store") (case "access-denied") (case "other" string)))
    (export "error" (type $error (eq $err)))
    (export "open" (func (param "identifier" string) (result (result (own $bucket) (error $error)))))))
  (core module $libc
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024))
  (core instance $l (instantiate $libc))
  (alias core export $l "memory" (core memory $mem))
  (alias core export $l "cabi_realloc" (core func $realloc))
  (core func $open (canon lower (func $kv "open") (memory $mem) (realloc $realloc)))
  (core module $main
    (import "libc" "memory" (memory 1))
    (import "wasi:keyvalue/store@0.2.0-draft2" "open" (func $open (param i32 i32 i32)))
    (global $label i32 (i32.const 48))
    (global $len i32 (i32.const 8))
    (data (i32.const 40) "unused, sessions")
    (func (export "run")
      global.get $label
      global.get $len
      i32.const 64
      call $open))
  (core instance $i (instantiate $main
    (with "libc" (instance $l))
    (with "wasi:keyvalue/store@0.2.0-draft2" (instance (export "open" (func $open))))))
  (func $run (canon lift (core func $i "run")))
  (export "run" (func $run)))
