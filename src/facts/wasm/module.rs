//! The parts of a core module that following its values needs.

use wasmparser::{
    BinaryReaderError, BlockType, ContType, DataKind, ElementItems, ExternalKind, FrameKind, FuncType, FunctionBody, ModuleArity, Operator,
    Parser, Payload, RefType, SubType, TypeRef,
};

/// A core module.
#[derive(Default)]
pub(super) struct Module<'a> {
    types: Vec<SubType>,
    /// The type of every function, imports first.
    functions: Vec<u32>,
    /// The imported functions: module and name.
    pub imports: Vec<(&'a str, &'a str)>,
    /// The bodies of the others.
    pub bodies: Vec<FunctionBody<'a>>,
    /// Functions that something else than a direct call can reach.
    pub addressed: Vec<u32>,
    data: Vec<(u32, &'a [u8])>,
    /// The values of globals that nothing writes to.
    constants: std::collections::BTreeMap<u32, i32>,
    /// Which global is the stack pointer.
    pub stack_pointer: Option<u32>,
}

impl<'a> Module<'a> {
    /// Reads a module. What is not understood is left out; the parser has checked the rest.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Module<'a>, BinaryReaderError> {
        let mut module = Module::default();
        let mut globals = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        module.types.extend(group?.into_types());
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        match import.ty {
                            TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                                module.functions.push(index);
                                module.imports.push((import.module, import.name));
                            }
                            TypeRef::Global(_) => globals += 1,
                            _ => {}
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for index in section {
                        module.functions.push(index?);
                    }
                }
                Payload::GlobalSection(section) => {
                    for (index, global) in section.into_iter().enumerate() {
                        let global = global?;
                        let index = globals + index as u32;
                        let is_word = global.ty.content_type == wasmparser::ValType::I32;
                        // By convention the first mutable 32-bit global of a module is its stack pointer.
                        if is_word && global.ty.mutable && module.stack_pointer.is_none() {
                            module.stack_pointer = Some(index);
                        }
                        if is_word
                            && !global.ty.mutable
                            && let Operator::I32Const { value } = global.init_expr.get_operators_reader().read()?
                        {
                            module.constants.insert(index, value);
                        }
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            module.addressed.push(export.index);
                        }
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        if let ElementItems::Functions(functions) = element?.items {
                            for function in functions {
                                module.addressed.push(function?);
                            }
                        }
                    }
                }
                Payload::DataSection(section) => {
                    for data in section {
                        let data = data?;
                        if let DataKind::Active { offset_expr, .. } = data.kind
                            && let Operator::I32Const { value } = offset_expr.get_operators_reader().read()?
                        {
                            module.data.push((value as u32, data.data));
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => module.bodies.push(body),
                _ => {}
            }
        }
        Ok(module)
    }

    /// The type of a function.
    pub(super) fn signature(&self, function: u32) -> Option<&FuncType> {
        match &self.types.get(*self.functions.get(function as usize)? as usize)?.composite_type.inner {
            wasmparser::CompositeInnerType::Func(signature) => Some(signature),
            _ => None,
        }
    }

    /// The index of a body's function.
    pub(super) fn function_of_body(&self, body: usize) -> u32 {
        (self.imports.len() + body) as u32
    }

    /// The body of a function that is not imported.
    pub(super) fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        self.bodies.get((function as usize).checked_sub(self.imports.len())?)
    }

    /// The value of a global that nothing writes to.
    pub(super) fn constant(&self, global: u32) -> Option<i32> {
        self.constants.get(&global).copied()
    }

    /// The text at an address of the initial memory.
    pub(super) fn text(&self, address: i32, length: i32) -> Option<&'a str> {
        let bytes = self.bytes(address as u32, usize::try_from(length).ok()?)?;
        std::str::from_utf8(bytes).ok()
    }

    /// A word of memory that nothing writes to: the first of several segments, where compilers put read-only data.
    pub(super) fn read_only_word(&self, address: i32) -> Option<i32> {
        let (start, data) = self.data.first().filter(|_| self.data.len() > 1)?;
        let at = (address as u32).checked_sub(*start)? as usize;
        Some(i32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?))
    }

    fn bytes(&self, address: u32, length: usize) -> Option<&'a [u8]> {
        self.data.iter().find_map(|(start, data)| {
            let at = address.checked_sub(*start)? as usize;
            data.get(at..at.checked_add(length)?)
        })
    }
}

/// A module with the blocks that are open, which is what the arity of an operator hangs on.
pub(super) struct Blocks<'m, 'a> {
    pub module: &'m Module<'a>,
    pub open: Vec<(BlockType, FrameKind)>,
}

impl ModuleArity for Blocks<'_, '_> {
    fn sub_type_at(&self, index: u32) -> Option<&SubType> {
        self.module.types.get(index as usize)
    }

    fn tag_type_arity(&self, _: u32) -> Option<(u32, u32)> {
        None
    }

    fn type_index_of_function(&self, function: u32) -> Option<u32> {
        self.module.functions.get(function as usize).copied()
    }

    fn func_type_of_cont_type(&self, _: &ContType) -> Option<&FuncType> {
        None
    }

    fn sub_type_of_ref_type(&self, _: &RefType) -> Option<&SubType> {
        None
    }

    fn control_stack_height(&self) -> u32 {
        self.open.len() as u32
    }

    fn label_block(&self, depth: u32) -> Option<(BlockType, FrameKind)> {
        let index = self.open.len().checked_sub(1 + depth as usize)?;
        self.open.get(index).copied()
    }
}
