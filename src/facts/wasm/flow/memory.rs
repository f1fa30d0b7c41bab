//! The stack frame: what is stored there, and what may overwrite it.

use wasmparser::MemArg;

use super::super::value::Value;
use super::{Flow, State};

impl Flow<'_, '_> {
    pub(super) fn load(&mut self, memarg: &MemArg, wide: bool) -> Option<()> {
        let address = self.pop().add(&Value::Const(memarg.offset as i32));
        let word = |state: &State, address: i32| state.frame.get(&address).cloned();
        let read_only = |address: i32| self.module.read_only_word(address).map(Value::Const);
        let state = self.state.as_ref()?;
        let value = match (&address, wide) {
            (Some(Value::Frame(at)), false) => word(state, *at),
            (Some(Value::Frame(at)), true) => word(state, *at).zip(word(state, at + 4)).map(|(low, high)| Value::wide(low, high)),
            (Some(Value::Const(at)), false) => read_only(*at),
            (Some(Value::Const(at)), true) => read_only(*at).zip(read_only(at.wrapping_add(4))).map(|(low, high)| Value::wide(low, high)),
            _ => None,
        };
        let value = self.or_unknown(value);
        self.push(value);
        Some(())
    }

    pub(super) fn store(&mut self, memarg: &MemArg, wide: bool) -> Option<()> {
        let value = self.pop();
        let address = self.pop();
        if matches!(value, Value::Frame(_)) {
            self.state.as_mut()?.escaped = true;
        }
        self.clobber(&address, memarg, if wide { 8 } else { 4 });
        if let Some(Value::Frame(at)) = address.add(&Value::Const(memarg.offset as i32)) {
            let frame = &mut self.state.as_mut()?.frame;
            match (value, wide) {
                (Value::Wide(halves), true) => {
                    frame.insert(at, halves.0.clone());
                    frame.insert(at + 4, halves.1.clone());
                }
                (_, true) => {}
                (value, false) => {
                    frame.insert(at, value);
                }
            }
        }
        Some(())
    }

    /// Forgets what a store overwrites: the words it touches, or all of them where it may go anywhere.
    pub(super) fn clobber(&mut self, address: &Value, memarg: &MemArg, size: i32) {
        let Some(state) = &mut self.state else { return };
        match address.add(&Value::Const(memarg.offset as i32)) {
            Some(Value::Frame(at)) => state.frame.retain(|word, _| word + 4 <= at || *word >= at + size),
            Some(Value::Const(_)) => {}
            _ if state.escaped => state.frame.clear(),
            _ => {}
        }
    }

    /// A call may write through every address that it is given, and through those that were given before.
    pub(super) fn escape(&mut self, arguments: &[Value]) {
        let Some(state) = &mut self.state else { return };
        state.escaped |= arguments.iter().any(|argument| match argument {
            Value::Frame(_) => true,
            Value::Choice(choice) => choice.options.iter().any(|option| matches!(option, Value::Frame(_))),
            _ => false,
        });
        if state.escaped {
            state.frame.clear();
        }
    }
}
