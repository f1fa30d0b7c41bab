//! What a person with curl waits for: `cargo bench --bench runtime` serves the tutorial's component by `spinlint up`, and by a bare server of
//! wasmtime-wasi-http whose store is a hash map, and asks both in turns. Where `SPIN` names an executable of Spin's, it is asked as well.
//! Prints the tables of the README.

use std::io::Write;
use std::path::{Path, PathBuf};

use served::{App, Program};

mod bare;
mod served;

const CONNECTIONS: [usize; 2] = [8, 64];

/// How many times a server is asked.
const ROUNDS: usize = 3;

/// How many times a program is started.
const STARTS: usize = 10;

const COMPONENTS: [(&str, &str); 4] = [
    ("spin-sdk 5", "rust5/rust5-t.wasm"),
    ("spin-sdk 7", "rust7/rust7-t.wasm"),
    ("JavaScript", "built/javascript-t.wasm"),
    ("Python", "built/python-t.wasm"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, wasm] = arguments.as_slice()
        && mode == "bare"
    {
        bare::serve(Path::new(wasm)).expect("the bare server serves");
        return;
    }
    let spin = std::env::var_os("SPIN").map(PathBuf::from);
    let other = spin.as_deref().map(Program::Spin);
    tell("| what | spinlint | bare wasmtime | ratio |\n|---|--:|--:|--:|");
    rates(Program::Spinlint, Program::Bare, "a file in spinlint, memory in the other");
    rates(Program::InMemory, Program::Bare, "memory in both");
    if let Some(other) = other {
        tell("\n| what | spinlint | Spin | ratio |\n|---|--:|--:|--:|");
        rates(Program::Spinlint, other, "a file in both");
    } else {
        tell("\n| what | spinlint |\n|---|--:|");
    }
    starts(other);
}

/// Prints a row of a table as soon as it is measured.
fn tell(row: &str) {
    writeln!(std::io::stdout(), "{row}").expect("somebody reads the table");
}

/// Writes and reads per second, of spinlint and of another one in turns.
fn rates(own: Program, other: Program, where_to: &str) {
    // Each has a store of its own.
    let apps = [(), ()].map(|()| App::new(COMPONENTS[0].1).expect("it is in the repository"));
    let (own, other) = (apps[0].served(own), apps[1].served(other));
    for connections in CONNECTIONS {
        for (method, kind) in [("POST", "a write"), ("GET", "a read")] {
            let (own, other): (Vec<f64>, Vec<f64>) =
                (0..ROUNDS).map(|_| (own.rate(method, connections), other.rate(method, connections))).unzip();
            let (own, other) = (median(own), median(other));
            let ratio = own / other;
            tell(&format!("| {method}, {kind} ({where_to}), {connections} connections, per second | {own:.0} | {other:.0} | {ratio:.2} |"));
        }
    }
}

/// How long the components take to their first answer, and what they need, for spinlint and for the other one.
fn starts(other: Option<Program>) {
    for (name, wasm) in COMPONENTS {
        let Some(app) = App::new(wasm) else {
            let _ = writeln!(std::io::stderr(), "skipped: {wasm}, which tests/components/build-interpreted.sh builds");
            continue;
        };
        let own = figures(&app, Program::Spinlint);
        let other = other.map(|other| figures(&app, other));
        let first = "process start to first answer";
        let kinds = [(first, ", never compiled before", "ms"), (first, "", "ms"), ("resident memory", "", "MB")];
        for (index, (what, when, unit)) in kinds.into_iter().enumerate() {
            let beside = other.map(|other| format!(" {:.1} {unit} | {:.2} |", other[index], own[index] / other[index]));
            tell(&format!("| {what}, {name}{when} | {:.1} {unit} |{}", own[index], beside.unwrap_or_default()));
        }
    }
}

/// Milliseconds to the first answer without and with compiled code, and megabytes afterwards.
fn figures(app: &App, by: Program) -> [f64; 3] {
    let cold = median((0..STARTS).map(|_| app.first_answer(by, true).0).collect());
    drop(app.served(by));
    let warm = median((0..STARTS).map(|_| app.first_answer(by, false).0).collect());
    [cold, warm, app.first_answer(by, false).1.memory()]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
