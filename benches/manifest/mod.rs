//! The manifest that every benchmark measures with.

/// A manifest of this many components, each with a trigger, a build and grants.
pub fn manifest(components: usize) -> String {
    let mut text = String::from("spin_manifest_version = 2\n\n[application]\nname = \"bench\"\nversion = \"1.0.0\"\n");
    for n in 0..components {
        let id = format!("part-{}", letters(n));
        text.push_str(&format!(
            "\n[[trigger.http]]\nroute = \"/{id}/...\"\ncomponent = \"{id}\"\n\n[component.{id}]\nsource = \"target/wasm32-wasip1/release/{id}.wasm\"\n\
             allowed_outbound_hosts = [\"https://api.example.com\", \"redis://cache:6379\"]\nkey_value_stores = [\"default\"]\n\
             [component.{id}.build]\ncommand = \"cargo build --target wasm32-wasip1 --release -p {id}\"\nwatch = [\"src/**/*.rs\", \"Cargo.toml\"]\n"
        ));
    }
    text
}

/// A number as letters, since the words of an id do not begin with digits.
fn letters(mut n: usize) -> String {
    let mut text = String::new();
    loop {
        text.insert(0, char::from(b'a' + (n % 26) as u8));
        n /= 26;
        if n == 0 {
            return text;
        }
    }
}
