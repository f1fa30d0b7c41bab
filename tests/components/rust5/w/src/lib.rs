//! The world around a component, by the first word of the path: a variable, a file, the environment, the headers of the request, the
//! answer of another address; no answer at all, and one that breaks off.
use futures::SinkExt;
use spin_sdk::{
    http::{Headers, IncomingRequest, Method, OutgoingResponse, Request, Response, ResponseOutparam},
    http_component, variables,
};

#[http_component]
async fn handle(req: IncomingRequest, out: ResponseOutparam) {
    let path = req.path_with_query().unwrap_or_default();
    let (word, rest) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    let (status, text) = match word {
        "silent" => return,
        "broken" => {
            let response = OutgoingResponse::new(Headers::new());
            let mut body = response.take_body();
            out.set(response);
            body.send(b"half".to_vec()).await.unwrap();
            panic!("as asked for");
        }
        "variable" => variables::get(rest).map_or_else(|error| (500, format!("{error:?}")), |value| (200, value)),
        "file" => std::fs::read_to_string(format!("/{rest}")).map_or_else(|error| (404, error.to_string()), |text| (200, text)),
        "write" => std::fs::write(format!("/{rest}"), "x").map_or_else(|error| (403, error.to_string()), |()| (200, String::new())),
        "environment" => std::env::var(rest).map_or_else(|error| (404, error.to_string()), |value| (200, value)),
        "headers" => {
            let headers = req.headers().entries();
            let mut lines: Vec<String> = headers
                .iter()
                .filter(|(name, _)| name.starts_with("spin-"))
                .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)))
                .collect();
            lines.sort();
            (200, lines.join("\n"))
        }
        "fetch" => {
            let url = rest.replacen(":/", "://", usize::from(!rest.contains("://")));
            let request = Request::builder().method(Method::Get).uri(url).build();
            match spin_sdk::http::send::<_, Response>(request).await {
                Ok(response) => (*response.status(), String::from_utf8_lossy(response.body()).into_owned()),
                Err(error) => (502, error.to_string()),
            }
        }
        _ => (200, "fine".to_owned()),
    };
    let response = OutgoingResponse::new(Headers::new());
    response.set_status_code(status).unwrap();
    let mut body = response.take_body();
    out.set(response);
    body.send(text.into_bytes()).await.unwrap();
}
