//! The values that reach a function's calls: one pass over its code, joining what different ways bring.

mod blocks;
mod memory;

use std::collections::BTreeMap;

use wasmparser::{BlockType, FrameKind, Operator};

use super::module::{Blocks, Module};
use super::value::Value;
use blocks::{Writes, loop_writes};

/// The arguments of one call, as far as they are known.
pub(super) struct Call {
    pub arguments: Vec<Value>,
}

/// The calls of `target` in a function; none if its code could not be followed.
pub(super) fn calls(module: &Module<'_>, function: u32, target: u32) -> Option<Vec<Call>> {
    let mut flow = Flow::new(module, function, Some(target))?;
    flow.run()?;
    Some(flow.found)
}

/// How deep results of calls are looked into, to see through functions that hand a parameter back.
const RESULT_DEPTH: u32 = 3;

/// What is known at one point of a function.
#[derive(Clone, Default)]
struct State {
    locals: Vec<Value>,
    stack: Vec<Value>,
    /// Words of the stack frame by their offset.
    frame: BTreeMap<i32, Value>,
    /// Whether an address of the frame went where others can write through it.
    escaped: bool,
}

/// A block that is open, with what arrives at its end.
struct Block {
    height: usize,
    results: usize,
    is_loop: bool,
    /// The state at `if`, for an `else` or for falling past it.
    otherwise: Option<State>,
    arrivals: Vec<State>,
}

struct Flow<'m, 'a> {
    module: &'m Module<'a>,
    function: u32,
    target: Option<u32>,
    blocks: Vec<Block>,
    arity: Blocks<'m, 'a>,
    state: Option<State>,
    fresh: u32,
    depth: u32,
    found: Vec<Call>,
}

impl<'m, 'a> Flow<'m, 'a> {
    fn new(module: &'m Module<'a>, function: u32, target: Option<u32>) -> Option<Self> {
        let body = module.body(function)?;
        let parameters = module.signature(function)?.params().len();
        let mut locals: Vec<Value> = (0..parameters as u32).map(Value::Param).collect();
        for declaration in body.get_locals_reader().ok()? {
            let (count, ty) = declaration.ok()?;
            let zero = if ty == wasmparser::ValType::I64 { Value::wide_const(0) } else { Value::Const(0) };
            locals.extend(std::iter::repeat_n(zero, count as usize));
        }
        let results = module.signature(function)?.results().len();
        let body = Block { height: 0, results, is_loop: false, otherwise: None, arrivals: Vec::new() };
        Some(Flow {
            module,
            function,
            target,
            blocks: vec![body],
            arity: Blocks { module, open: vec![(BlockType::Empty, FrameKind::Block)] },
            state: Some(State { locals, ..State::default() }),
            fresh: 0,
            depth: 0,
            found: Vec::new(),
        })
    }

    fn unknown(&mut self) -> Value {
        self.fresh += 1;
        Value::Unknown(self.fresh)
    }

    fn or_unknown(&mut self, value: Option<Value>) -> Value {
        value.unwrap_or_else(|| self.unknown())
    }

    /// Follows the whole body and returns the value that it gives back, if it is one.
    fn run(&mut self) -> Option<Option<Value>> {
        let body = self.module.body(self.function)?;
        let writes = loop_writes(body)?;
        let mut loops = writes.into_iter();
        let mut operators = body.get_operators_reader().ok()?;
        while !operators.eof() {
            let operator = operators.read().ok()?;
            self.step(&operator, &mut loops)?;
        }
        let end = self.state.take();
        Some(end.and_then(|state| state.stack.last().cloned()))
    }

    fn push(&mut self, value: Value) {
        if let Some(state) = &mut self.state {
            state.stack.push(value);
        }
    }

    fn pop(&mut self) -> Value {
        match self.state.as_mut().and_then(|state| state.stack.pop()) {
            Some(value) => value,
            None => self.unknown(),
        }
    }

    fn step(&mut self, operator: &Operator<'_>, loops: &mut impl Iterator<Item = Writes>) -> Option<()> {
        match operator {
            Operator::Block { blockty } => self.open(*blockty, FrameKind::Block, None)?,
            Operator::Loop { blockty } => {
                let writes = loops.next()?;
                self.forget(&writes);
                self.open(*blockty, FrameKind::Loop, None)?;
            }
            Operator::If { blockty } => {
                self.pop();
                let otherwise = self.state.clone();
                self.open(*blockty, FrameKind::If, otherwise)?;
            }
            Operator::Else => {
                let block = self.blocks.last_mut()?;
                block.arrivals.extend(self.state.take());
                self.state = block.otherwise.take();
            }
            Operator::End => self.close()?,
            Operator::Br { relative_depth } => {
                self.branch(*relative_depth)?;
                self.state = None;
            }
            Operator::BrIf { relative_depth } => {
                self.pop();
                self.branch(*relative_depth)?;
            }
            Operator::BrTable { targets } => {
                self.pop();
                let mut depths: Vec<u32> = targets.targets().collect::<Result<_, _>>().ok()?;
                depths.push(targets.default());
                depths.sort_unstable();
                depths.dedup();
                for depth in depths {
                    self.branch(depth)?;
                }
                self.state = None;
            }
            Operator::Return => {
                let depth = self.blocks.len().checked_sub(1)? as u32;
                self.branch(depth)?;
                self.state = None;
            }
            Operator::Unreachable => self.state = None,
            _ if self.state.is_none() => {}
            _ => self.compute(operator)?,
        }
        Some(())
    }

    fn compute(&mut self, operator: &Operator<'_>) -> Option<()> {
        match operator {
            Operator::LocalGet { local_index } => {
                let value = self.state.as_ref()?.locals.get(*local_index as usize)?.clone();
                self.push(value);
            }
            Operator::LocalSet { local_index } => {
                let value = self.pop();
                *self.state.as_mut()?.locals.get_mut(*local_index as usize)? = value;
            }
            Operator::LocalTee { local_index } => {
                let value = self.state.as_ref()?.stack.last()?.clone();
                *self.state.as_mut()?.locals.get_mut(*local_index as usize)? = value;
            }
            Operator::GlobalGet { global_index } => {
                let known = match Some(*global_index) == self.module.stack_pointer {
                    true => Some(Value::Frame(0)),
                    false => self.module.constant(*global_index).map(Value::Const),
                };
                let value = self.or_unknown(known);
                self.push(value);
            }
            Operator::I32Const { value } => self.push(Value::Const(*value)),
            Operator::I64Const { value } => self.push(Value::wide_const(*value)),
            Operator::I32Add => self.binary(Value::add),
            Operator::I32Sub => self.binary(Value::subtract),
            Operator::I32WrapI64 => self.unary(|value| match value {
                Value::Wide(halves) => Some(halves.0.clone()),
                _ => None,
            }),
            Operator::I64ExtendI32U => self.unary(|value| Some(Value::wide(value.clone(), Value::Const(0)))),
            Operator::I64Shl => self.binary(|value, by| match (value, by) {
                (Value::Wide(halves), Value::Wide(by)) if **by == (Value::Const(32), Value::Const(0)) => {
                    Some(Value::wide(Value::Const(0), halves.0.clone()))
                }
                _ => None,
            }),
            Operator::I64ShrU => self.binary(|value, by| match (value, by) {
                (Value::Wide(halves), Value::Wide(by)) if **by == (Value::Const(32), Value::Const(0)) => {
                    Some(Value::wide(halves.1.clone(), Value::Const(0)))
                }
                _ => None,
            }),
            Operator::I64Or | Operator::I64Add => self.binary(|left, right| match (left, right) {
                (Value::Wide(left), Value::Wide(right)) if left.1 == Value::Const(0) && right.0 == Value::Const(0) => {
                    Some(Value::wide(left.0.clone(), right.1.clone()))
                }
                (Value::Wide(left), Value::Wide(right)) if left.0 == Value::Const(0) && right.1 == Value::Const(0) => {
                    Some(Value::wide(right.0.clone(), left.1.clone()))
                }
                _ => None,
            }),
            Operator::Select | Operator::TypedSelect { .. } => {
                let (condition, right, left) = (self.pop(), self.pop(), self.pop());
                let decision = match condition {
                    Value::Unknown(number) => number,
                    // A condition that is a parameter is one decision throughout the function.
                    Value::Param(number) => u32::MAX - number,
                    _ => {
                        self.fresh += 1;
                        self.fresh
                    }
                };
                let value = Value::choice(decision, vec![left, right]);
                let value = self.or_unknown(value);
                self.push(value);
            }
            Operator::I32Load { memarg } => self.load(memarg, false)?,
            Operator::I64Load { memarg } => self.load(memarg, true)?,
            Operator::I32Store { memarg } => self.store(memarg, false)?,
            Operator::I64Store { memarg } => self.store(memarg, true)?,
            Operator::I32Store8 { memarg } | Operator::I32Store16 { memarg } => {
                self.pop();
                let address = self.pop();
                self.clobber(&address, memarg, 4);
            }
            Operator::F64Store { memarg } | Operator::F32Store { memarg } | Operator::V128Store { memarg } => {
                self.pop();
                let address = self.pop();
                self.clobber(&address, memarg, 16);
            }
            Operator::I64Store8 { memarg } | Operator::I64Store16 { memarg } | Operator::I64Store32 { memarg } => {
                self.pop();
                let address = self.pop();
                self.clobber(&address, memarg, 4);
            }
            Operator::Call { function_index } => self.call(*function_index)?,
            Operator::CallIndirect { .. } | Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => {
                let (taken, given) = operator.operator_arity(&self.arity)?;
                let arguments: Vec<Value> = (0..taken).map(|_| self.pop()).collect();
                self.escape(&arguments);
                for _ in 0..given {
                    let value = self.unknown();
                    self.push(value);
                }
            }
            other => {
                let (taken, given) = other.operator_arity(&self.arity)?;
                for _ in 0..taken {
                    self.pop();
                }
                for _ in 0..given {
                    let value = self.unknown();
                    self.push(value);
                }
            }
        }
        Some(())
    }

    fn unary(&mut self, f: impl Fn(&Value) -> Option<Value>) {
        let value = self.pop();
        let result = value.map(f);
        let result = self.or_unknown(result);
        self.push(result);
    }

    fn binary(&mut self, f: impl Fn(&Value, &Value) -> Option<Value>) {
        let right = self.pop();
        let left = self.pop();
        let result = f(&left, &right);
        let result = self.or_unknown(result);
        self.push(result);
    }

    fn call(&mut self, function: u32) -> Option<()> {
        let signature = self.module.signature(function)?;
        let (taken, given) = (signature.params().len(), signature.results().len());
        let mut arguments: Vec<Value> = (0..taken).map(|_| self.pop()).collect();
        arguments.reverse();
        let result = if given == 1 { self.result_of(function, &arguments) } else { None };
        self.escape(&arguments);
        if self.target == Some(function) {
            self.found.push(Call { arguments });
        }
        for _ in 0..given {
            let value = self.or_unknown(result.clone());
            self.push(value);
        }
        Some(())
    }

    /// What a call gives back, where the function hands a parameter back or a constant.
    fn result_of(&mut self, function: u32, arguments: &[Value]) -> Option<Value> {
        let body = self.module.body(function)?;
        // Only functions of a few instructions do no more than that.
        let size = body.range().end - body.range().start;
        if self.depth >= RESULT_DEPTH || size > 200 {
            return None;
        }
        let mut inner = Flow::new(self.module, function, None)?;
        inner.depth = self.depth + 1;
        match inner.run()?? {
            Value::Param(index) => arguments.get(index as usize).cloned(),
            constant @ Value::Const(_) => Some(constant),
            _ => None,
        }
    }
}
