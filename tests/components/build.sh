#!/usr/bin/env bash
# Builds the Wasm files of this folder anew. They are committed, so that no test needs a Wasm toolchain.
#
# Needs, from Debian: rustc-web cargo-web rust-web-src wasi-libc lld-19 clang-19. Debian's rustc has no Wasm standard
# library; `-Zbuild-std` makes one, with the parts of wasi-libc linked to where rustc looks for them:
#   ln -s /usr/bin/lld-19 DIR_ON_PATH/rust-lld
#   mkdir -p /usr/lib/rustlib/wasm32-wasip1/lib/self-contained
#   cp /usr/lib/wasm32-wasi/{crt1-reactor.o,crt1-command.o,libc.a} /usr/lib/rustlib/wasm32-wasip1/lib/self-contained/
set -eu
cd "$(dirname "$0")"
here=$PWD
tool=$here/tool/target/release/component-tool
(cd tool && cargo build --release)

for variant in a b d e; do
    core=c/c-$variant.core.wasm
    clang-19 --target=wasm32-unknown-unknown -Oz -Wall -Wextra -Wno-unused-parameter -nostdlib -fuse-ld=/usr/bin/wasm-ld-19 \
        -Wl,--no-entry -Wl,--strip-all -DVARIANT="$(echo $variant | tr a-z A-Z)" c/kv.c -o "$core"
    "$tool" embed c/wit kv "$core" "$core.embedded"
    "$tool" new "$core.embedded" "c/c-$variant.component.wasm"
    rm "$core.embedded"
done

for name in kv1 kvwasi stranger; do
    clang-19 --target=wasm32-unknown-unknown -Oz -Wall -Wextra -Wno-unused-parameter -nostdlib -fuse-ld=/usr/bin/wasm-ld-19 \
        -Wl,--no-entry -Wl,--strip-all c/$name.c -o c/$name.core
    "$tool" embed c/wit $name c/$name.core c/$name.embedded
    "$tool" new c/$name.embedded c/$name.component.wasm
    rm c/$name.core c/$name.embedded
done

rust() { # folder, arguments of cargo
    folder=$1; shift
    (cd "$folder" && unset RUSTUP_TOOLCHAIN && RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 /usr/bin/cargo build \
        --target wasm32-wasip1 -Zbuild-std=std,panic_abort "$@")
}
rust rust5 --release
rust rust5 --profile s -p rust5-b
built=rust5/target/wasm32-wasip1
for variant in a c d h t w x; do cp $built/release/rust5_$variant.wasm rust5/rust5-$variant.wasm; done
"$tool" new $built/s/rust5_b.wasm rust5/rust5-b-s.component.wasm
"$tool" strip $built/release/rust5_e.wasm rust5/e.stripped && "$tool" new rust5/e.stripped rust5/rust5-e-nonames.component.wasm && rm rust5/e.stripped
for variant in f g; do "$tool" new $built/release/rust5_$variant.wasm rust5/rust5-$variant.component.wasm; done
rust rust7 --release
"$tool" new rust7/target/wasm32-wasip1/release/rust7_b.wasm rust7/rust7-b.component.wasm
cp rust7/target/wasm32-wasip1/release/rust7_t.wasm rust7/rust7-t.wasm
