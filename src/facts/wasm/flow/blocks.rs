//! Blocks: what the ways that meet at their ends bring, and what a loop makes unknown.

use wasmparser::{BlockType, FrameKind, Operator};

use super::super::value::Value;
use super::{Block, Flow, State};

impl Flow<'_, '_> {
    pub(super) fn open(&mut self, ty: BlockType, kind: FrameKind, otherwise: Option<State>) -> Option<()> {
        let (parameters, results) = wasmparser::ModuleArity::block_type_arity(&self.arity, ty)?;
        let height = self.state.as_ref().map_or(0, |state| state.stack.len().saturating_sub(parameters as usize));
        let is_loop = matches!(kind, FrameKind::Loop);
        self.blocks.push(Block { height, results: results as usize, is_loop, otherwise, arrivals: Vec::new() });
        self.arity.open.push((ty, kind));
        Some(())
    }

    /// Brings the state to the end of a block; to the start of a loop nothing is brought, it was forgotten there.
    pub(super) fn branch(&mut self, depth: u32) -> Option<()> {
        let index = self.blocks.len().checked_sub(1 + depth as usize)?;
        let block = &mut self.blocks[index];
        if let Some(state) = self.state.as_ref().filter(|_| !block.is_loop) {
            let mut state = state.clone();
            let results = state.stack.split_off(state.stack.len().saturating_sub(block.results));
            state.stack.truncate(block.height);
            state.stack.extend(results);
            block.arrivals.push(state);
        }
        Some(())
    }

    pub(super) fn close(&mut self) -> Option<()> {
        let block = self.blocks.pop()?;
        self.arity.open.pop();
        let mut arrivals = block.arrivals;
        arrivals.extend(self.state.take());
        arrivals.extend(block.otherwise);
        self.state = self.join(arrivals);
        Some(())
    }

    /// What is known behind a block: what all ways bring alike, and alternatives of one decision where they differ.
    pub(super) fn join(&mut self, mut states: Vec<State>) -> Option<State> {
        if states.len() < 2 {
            return states.pop();
        }
        self.fresh += 1;
        let decision = self.fresh;
        let first = &states[0];
        let mut joined = State { escaped: states.iter().any(|state| state.escaped), ..State::default() };
        let height = states.iter().map(|state| state.stack.len()).min()?;
        for index in 0..first.locals.len() {
            let options = states.iter().map(|state| state.locals[index].clone()).collect();
            joined.locals.push(self.or_unknown(Value::choice(decision, options)));
        }
        for index in 0..height {
            let options = states.iter().map(|state| state.stack[index].clone()).collect();
            joined.stack.push(self.or_unknown(Value::choice(decision, options)));
        }
        for word in first.frame.keys() {
            let options: Option<Vec<Value>> = states.iter().map(|state| state.frame.get(word).cloned()).collect();
            if let Some(value) = options.and_then(|options| Value::choice(decision, options)) {
                joined.frame.insert(*word, value);
            }
        }
        Some(joined)
    }

    /// Forgets what a loop writes, because a later round may have written it before the first.
    pub(super) fn forget(&mut self, writes: &Writes) {
        for local in &writes.locals {
            let value = self.unknown();
            if let Some(slot) = self.state.as_mut().and_then(|state| state.locals.get_mut(*local as usize)) {
                *slot = value;
            }
        }
        if writes.memory
            && let Some(state) = &mut self.state
        {
            state.frame.clear();
        }
    }
}

/// What a loop writes to.
#[derive(Default)]
pub(super) struct Writes {
    locals: Vec<u32>,
    memory: bool,
}

/// The writes of every loop of a function, in the order in which the loops begin.
pub(super) fn loop_writes(body: &wasmparser::FunctionBody<'_>) -> Option<Vec<Writes>> {
    let mut loops: Vec<Writes> = Vec::new();
    let mut open: Vec<Option<usize>> = vec![None];
    let mut operators = body.get_operators_reader().ok()?;
    while !operators.eof() {
        match operators.read().ok()? {
            Operator::Loop { .. } => {
                open.push(Some(loops.len()));
                loops.push(Writes::default());
            }
            Operator::Block { .. } | Operator::If { .. } => open.push(None),
            Operator::End => {
                open.pop();
            }
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                for index in open.iter().flatten() {
                    loops[*index].locals.push(local_index);
                }
            }
            Operator::I32Store { .. }
            | Operator::I64Store { .. }
            | Operator::I32Store8 { .. }
            | Operator::I32Store16 { .. }
            | Operator::I64Store8 { .. }
            | Operator::I64Store16 { .. }
            | Operator::I64Store32 { .. }
            | Operator::F64Store { .. }
            | Operator::F32Store { .. }
            | Operator::V128Store { .. }
            | Operator::Call { .. }
            | Operator::CallIndirect { .. }
            | Operator::MemoryCopy { .. }
            | Operator::MemoryFill { .. } => {
                for index in open.iter().flatten() {
                    loops[*index].memory = true;
                }
            }
            _ => {}
        }
    }
    Some(loops)
}
