//! HTTP requests that are made in one place and sent in another.

use super::super::program::{Call, Callee, Expr, Opening};
use super::{Id, MOST_STEPS, Program};
use crate::hosts::{Destination, Protocol};
use crate::text::Span;

/// The methods by which routers answer requests: Hono's and itty's, tower's, Go's.
const ROUTES: &[&str] = &["fetch", "oneshot", "ServeHTTP"];

impl Program<'_> {
    /// Whether a request is sent by the function that makes it: where it is made, or by a call that sends one which is made before.
    pub(super) fn is_sent(&self, id: Id, request: &Call, openings: &[(&Call, Opening)]) -> bool {
        let requests = || openings.iter().filter(|(_, opening)| matches!(opening, Opening::Request { .. })).map(|(call, _)| call.span);
        openings.iter().filter(|(_, opening)| opening.is_sending()).any(|(call, opening)| {
            let has_address = match *opening {
                Opening::Address { position, name, .. } => {
                    !self.is_computed(id, call, call.argument(position, name).unwrap_or(&Expr::Computed))
                }
                _ => false,
            };
            let is_inside = |span: Span| call.span.start <= span.start && span.end <= call.span.end;
            is_inside(request.span) || !has_address && !requests().any(is_inside)
        })
    }

    /// Whether a request is made for a router of the program itself, which answers it without a network.
    pub(super) fn is_answered_here(&self, id: Id, request: &Call) -> bool {
        let around = self
            .function(id)
            .calls
            .iter()
            .filter(|call| call.span != request.span && call.span.start <= request.span.start && request.span.end <= call.span.end);
        around.into_iter().any(|call| match &call.callee {
            Callee::Path(path) => path.len() > 1 && ROUTES.contains(&path[path.len() - 1].as_str()),
            Callee::Member { name, .. } => ROUTES.contains(&name.as_str()),
        } && self.opening_of(id, call).is_none())
    }

    /// Whether a call makes a request, and not only one of the same name.
    pub(super) fn is_meant(&self, id: Id, call: &Call, opening: &Opening) -> bool {
        let Opening::Request { position, name } = *opening else { return true };
        if matches!(call.callee, Callee::Path(_)) {
            return true;
        }
        let value = call.argument(position, name).unwrap_or(&Expr::Computed);
        match self.value(id, value, call.span.start, MOST_STEPS).1 {
            Expr::Parameter(_) => true,
            Expr::Text(address) => Protocol::Http.destination(&address, true) != Destination::Nowhere,
            Expr::Prefix(_) | Expr::Joined(_) => true,
            _ => false,
        }
    }

    /// Whether only running the program tells a value.
    pub(super) fn is_computed(&self, id: Id, call: &Call, value: &Expr) -> bool {
        matches!(self.value(id, value, call.span.start, MOST_STEPS).1, Expr::Computed | Expr::Made(_))
    }

    /// Whether a function sends a request.
    pub(super) fn sends(&self, id: Id) -> bool {
        self.function(id).calls.iter().any(|call| self.opening_of(id, call).is_some_and(|opening| opening.is_sending()))
    }
}
