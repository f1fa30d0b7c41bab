//! Everything but stores that a manifest grants: a database, a model, a variable, hosts by two protocols.
use spin_sdk::{
    http::{IntoResponse, Request, Response},
    http_component, llm, mysql, redis, sqlite, variables,
};

#[http_component]
fn handle(_: Request) -> anyhow::Result<impl IntoResponse> {
    let token = variables::get("api_token")?;
    sqlite::Connection::open("orders")?;
    let answer = llm::infer(llm::InferencingModel::Llama2Chat, &token)?;
    redis::Connection::open("redis://cache:6380/1")?;
    mysql::Connection::open("mysql://root:secret@db/shop")?;
    Ok(Response::new(200, answer.text))
}
