#!/usr/bin/env node
// Starts the program that the package of this platform carries.
"use strict";

const { spawnSync } = require("node:child_process");

const name = `@spinlint/${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${name}/bin/spinlint${process.platform === "win32" ? ".exe" : ""}`);
} catch {
  console.error(`spinlint: the package ${name} is not installed: there is no spinlint for this platform, or npm was told to omit optional dependencies`);
  process.exit(2);
}
const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`spinlint: ${program} cannot be started: ${error.message}`);
  process.exit(2);
}
if (signal) {
  process.kill(process.pid, signal);
}
process.exit(status ?? 2);
