//! Faults, by the last word of the path: a loop, a panic, more memory than there is. Anything else is answered.
use spin_sdk::{
    http::{IntoResponse, Request, Response},
    http_component,
};

#[http_component]
fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    match req.path().rsplit('/').next() {
        Some("loop") => loop {
            std::hint::black_box(0);
        },
        Some("panic") => panic!("as asked for"),
        Some("eat") => {
            let mut eaten = Vec::new();
            loop {
                eaten.push(std::hint::black_box(vec![1u8; 1 << 20]));
            }
        }
        _ => Ok(Response::new(200, "fine")),
    }
}
