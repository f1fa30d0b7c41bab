//! What is known of a value on the Wasm stack.

use std::rc::Rc;

/// A value, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Not known; equal numbers are equal values.
    Unknown(u32),
    /// A 32-bit constant.
    Const(i32),
    /// A parameter of the function.
    Param(u32),
    /// An address in the function's stack frame, relative to the stack pointer at its entry.
    Frame(i32),
    /// A 64-bit value made of two 32-bit halves, the lower one first.
    Wide(Rc<(Value, Value)>),
    /// One of several, by which way control came or which side a `select` took.
    Choice(Rc<Choice>),
}

/// Alternatives that belong together: choices of the same decision take the same side.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// The decision.
    pub decision: u32,
    /// The values, in the order of its sides.
    pub options: Vec<Value>,
}

/// More alternatives than this are as good as unknown.
const MOST_OPTIONS: usize = 8;

impl Value {
    pub(super) fn wide(low: Value, high: Value) -> Value {
        Value::Wide(Rc::new((low, high)))
    }

    pub(super) fn wide_const(value: i64) -> Value {
        Value::wide(Value::Const(value as i32), Value::Const((value >> 32) as i32))
    }

    /// One of these by a decision; a plain value if they are all the same.
    pub(super) fn choice(decision: u32, options: Vec<Value>) -> Option<Value> {
        let first = options.first()?;
        if options.iter().all(|option| option == first) {
            return Some(first.clone());
        }
        let is_known = |option: &Value| !matches!(option, Value::Unknown(_));
        if options.len() > MOST_OPTIONS || !options.iter().any(is_known) {
            return None;
        }
        // Nested alternatives would multiply: one level is what compilers make of a `match`.
        if options.iter().any(|option| matches!(option, Value::Choice(_))) {
            return None;
        }
        Some(Value::Choice(Rc::new(Choice { decision, options })))
    }

    /// Applies a function to a value or to each alternative; none where it is not known.
    pub(super) fn map(&self, f: impl Fn(&Value) -> Option<Value>) -> Option<Value> {
        match self {
            Value::Choice(choice) => {
                let options: Option<Vec<Value>> = choice.options.iter().map(f).collect();
                Value::choice(choice.decision, options?)
            }
            other => f(other),
        }
    }

    pub(super) fn add(&self, other: &Value) -> Option<Value> {
        let plus = |left: &Value, right: i32| match left {
            Value::Const(left) => Some(Value::Const(left.wrapping_add(right))),
            Value::Frame(offset) => Some(Value::Frame(offset.wrapping_add(right))),
            _ => None,
        };
        match (self, other) {
            (left, Value::Const(right)) => left.map(|left| plus(left, *right)),
            (Value::Const(left), right) => right.map(|right| plus(right, *left)),
            _ => None,
        }
    }

    pub(super) fn subtract(&self, other: &Value) -> Option<Value> {
        match other {
            Value::Const(right) => self.add(&Value::Const(right.wrapping_neg())),
            _ => None,
        }
    }

    /// The pairs that two values can be together: sides of one decision stay together, and two decisions that have
    /// nothing to do with each other tell nothing certain.
    pub(super) fn pairs(pointer: &Value, length: &Value) -> Option<Vec<(Value, Value)>> {
        match (pointer, length) {
            (Value::Choice(left), Value::Choice(right)) => {
                if left.decision != right.decision || left.options.len() != right.options.len() {
                    return None;
                }
                Some(left.options.iter().cloned().zip(right.options.iter().cloned()).collect())
            }
            (Value::Choice(choice), other) => Some(choice.options.iter().map(|option| (option.clone(), other.clone())).collect()),
            (other, Value::Choice(choice)) => Some(choice.options.iter().map(|option| (other.clone(), option.clone())).collect()),
            (pointer, length) => Some(vec![(pointer.clone(), length.clone())]),
        }
    }
}
