// What a person does in VS Code with the example: node drive.cjs URL FOLDER SCREENSHOTS
const fs = require("node:fs");
const { chromium } = require("playwright-core");

const [url, folder, shots] = process.argv.slice(2);
const LONG = { timeout: 60000 };
const manifest = `${folder}/spin.toml`;
const original = fs.readFileSync(manifest, "utf8");
let page;

const find = (selector, options) => page.locator(selector, options).first();
const press = (key) => page.keyboard.press(key);
const shot = (name) => page.screenshot({ path: `${shots}/${name}.png` });
const line = (hasText) => find(".editor-instance .view-line", { hasText });

/** Presses a key and uses what it opens; what a late focus change closes is opened again. */
async function opened(key, use) {
  for (let tries = 4; ; tries--) {
    await press(key);
    try {
      return await use();
    } catch (error) {
      if (tries === 0) throw error;
      await press("Escape");
    }
  }
}

const quick = (key, value) =>
  opened(key, async () => {
    const input = find(".quick-input-widget input[type=text]");
    await input.waitFor({ timeout: 5000 });
    await input.fill(value, { timeout: 1500 });
  });

async function open(name) {
  await quick("Control+p", name);
  await find(".quick-input-list .monaco-list-row.focused", { hasText: name }).waitFor(LONG);
  await press("Enter");
  await find(".tabs-container .tab.active", { hasText: name }).waitFor(LONG);
}

async function goTo(row, column) {
  await quick("Control+g", `:${row}:${column}`);
  await press("Enter");
  await find(".statusbar-item", { hasText: `Ln ${row}, Col ${column}` }).waitFor(LONG);
}

const quickFix = (title, name) =>
  opened("Control+.", async () => {
    const row = find(".action-widget .monaco-list-row.action", { hasText: title });
    await row.waitFor({ timeout: 15000 });
    if (name) await shot(name);
    await row.click({ timeout: 5000 });
  });

/** Saves and waits until the file on disk is as wanted. */
async function save(is) {
  await press("Control+s");
  for (let tries = 100; !is(fs.readFileSync(manifest, "utf8")); tries--) {
    if (tries === 0) throw new Error(`not saved: ${fs.readFileSync(manifest, "utf8")}`);
    await page.waitForTimeout(100);
  }
}

const lineOf = (text, what) => text.split("\n").findIndex((line) => line.includes(what)) + 1;
const rest = (text) => text.split("\n").filter((line) => !line.startsWith("key_value_stores")).join("\n");
const isFixed = (text) => text.includes('\nkey_value_stores = ["default"]\n') && rest(text) === original;
const problem = 'opens store "default"';

async function drive() {
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await find(".explorer-folders-view .monaco-list-row").waitFor(LONG);

  await open("spin.toml");
  await find(".editor-instance .squiggly-error").waitFor(LONG);
  await press("Control+Shift+M");
  await find(".markers-panel-container .monaco-list-row", { hasText: problem }).waitFor(LONG);
  await shot("problem");
  console.log("ok the squiggle and the entry in Problems");

  await press("Control+1");
  await goTo(lineOf(original, "[component.key-value-rust]"), 15);
  await quickFix('grant store "default"', "quick-fix");
  await find(".editor-instance .squiggly-error").waitFor({ state: "detached", ...LONG });
  await save(isFixed);
  await find(".markers-panel-container .monaco-list-row", { hasText: problem }).waitFor({ state: "detached", ...LONG });
  await shot("fixed");
  console.log("ok the quick fix writes the line and the problem is gone");

  await goTo(lineOf(fs.readFileSync(manifest, "utf8"), "key_value_stores"), 1);
  await press("End");
  await press("Enter");
  await page.keyboard.type("sqlite_database = []", { delay: 10 });
  await find(".editor-instance .squiggly-error").waitFor(LONG);
  await find(".markers-panel-container .monaco-list-row", { hasText: "has no key `sqlite_database`" }).waitFor(LONG);
  await press("Shift+Home");
  await press("Backspace");
  await page.keyboard.type("sql", { delay: 30 });
  await press("Control+Space");
  await find(".suggest-widget.visible .monaco-list-row", { hasText: "sqlite_databases" }).waitFor(LONG);
  await shot("completion");
  await press("Enter");
  await line("sqlite_databases = [").waitFor(LONG);
  // The snippet leaves the cursor where the label goes.
  await page.keyboard.type("default", { delay: 10 });
  await find(".editor-instance .squiggly-error").waitFor({ state: "detached", ...LONG });
  console.log("ok a wrong key is told, a right one completed");

  // As it was at first, so that the call in the code has something to tell.
  await press("Control+a");
  await page.keyboard.insertText(original);
  await save((text) => text === original);
  await open("lib.rs");
  await find(".editor-instance .squiggly-error").waitFor(LONG);
  const code = fs.readFileSync(`${folder}/src/lib.rs`, "utf8");
  await goTo(lineOf(code, "open_default"), code.split("\n")[lineOf(code, "open_default") - 1].indexOf("open_default") + 1);
  await quickFix('grant store "default"', "in-code");
  await find(".editor-instance .squiggly-error").waitFor({ state: "detached", ...LONG });
  await open("spin.toml");
  await line('key_value_stores = ["default"]').waitFor(LONG);
  await save(isFixed);
  console.log("ok the call in the code is told, and mended in the manifest");
}

(async () => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await drive();
  } catch (error) {
    console.log(`not ok ${error.message}`);
    await shot("failed");
    process.exitCode = 1;
  }
  await browser.close();
})();
