// Starts the language server and shows what it is doing; everything clever is in the server.

import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, State, TransportKind } from "vscode-languageclient/node";

/** Extensions that tell TOML syntax errors themselves. */
const TOML_SERVERS = ["tamasfe.even-better-toml", "tombi-toml.tombi"];

/** The languages whose sources open stores. */
const LANGUAGES = ["rust", "typescript", "typescriptreact", "javascript", "javascriptreact", "python", "go"];

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("spinlint", { log: true });
  const status = vscode.languages.createLanguageStatusItem("spinlint", [{ pattern: "**/spin.toml" }]);
  status.name = "spinlint";
  status.command = { command: "spinlint.showOutput", title: "Output" };
  context.subscriptions.push(
    output,
    status,
    vscode.commands.registerCommand("spinlint.showOutput", () => output.show()),
    vscode.commands.registerCommand("spinlint.restart", () => restart(context, output, status)),
    vscode.commands.registerCommand("spinlint.fixAll", fixAll),
    vscode.commands.registerCommand("spinlint.testStoreAccess", testStoreAccess),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("spinlint.path")) void restart(context, output, status);
    }),
  );
  await restart(context, output, status);
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function restart(context: vscode.ExtensionContext, output: vscode.LogOutputChannel, status: vscode.LanguageStatusItem) {
  await client?.stop();
  const command = program(context);
  const options = { command, args: ["lsp"], transport: TransportKind.stdio };
  const files = LANGUAGES.map((language) => ({ scheme: "file", language }));
  client = new LanguageClient("spinlint", "spinlint", options, {
    documentSelector: [{ pattern: "**/spin.toml" }, { scheme: "untitled", language: "toml" }, { scheme: "file", language: "toml" }, ...files],
    outputChannel: output,
    synchronize: { configurationSection: "spinlint" },
    initializationOptions: { otherTomlServer: TOML_SERVERS.some((id) => vscode.extensions.getExtension(id)) },
  });
  client.onDidChangeState(({ newState }) => {
    status.busy = newState === State.Starting;
    status.text = newState === State.Running ? "spinlint" : "spinlint is not running";
    status.severity = newState === State.Stopped ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
  });
  try {
    await client.start();
    status.detail = client.initializeResult?.serverInfo?.version;
  } catch (error) {
    output.error(`cannot start ${command}: ${error}`);
    const open = "Open Settings";
    const chosen = await vscode.window.showErrorMessage(`spinlint cannot be started as \`${command}\`. Install it, or set its path.`, open);
    if (chosen === open) await vscode.commands.executeCommand("workbench.action.openSettings", "spinlint.path");
  }
}

/** The program: the setting, what is bundled, what PATH has. A folder that is not trusted cannot name it. */
function program(context: vscode.ExtensionContext): string {
  const set = vscode.workspace.getConfiguration("spinlint").get<string>("path");
  if (set) return set;
  const name = process.platform === "win32" ? "spinlint.exe" : "spinlint";
  const bundled = path.join(context.extensionPath, "server", name);
  return fs.existsSync(bundled) ? bundled : name;
}

async function fixAll(): Promise<void> {
  await vscode.commands.executeCommand("editor.action.codeAction", { kind: "source.fixAll.spinlint", apply: "first" });
}

/** Runs the app of the manifest that is open here; the server does it, and says what came of it. */
async function testStoreAccess(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (!document || path.basename(document.fileName) !== "spin.toml") {
    void vscode.window.showInformationMessage("Open the spin.toml of the app first.");
    return;
  }
  await document.save();
  await vscode.commands.executeCommand("spinlint.runTest", document.uri.toString());
}
