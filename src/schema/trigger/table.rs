//! What all trigger tables have in common.

/// Declares a trigger table: the keys that all triggers have, and those of its type between them.
macro_rules! trigger {
    ($(#[$attribute:meta])* $name:ident { $($fields:tt)* }) => {
        #[derive(Debug, Deserialize, JsonSchema)]
        $(#[$attribute])*
        pub struct $name {
            /// The trigger's id; generated if absent.
            #[serde(default)]
            pub id: String,
            /// The component that runs: its id, or the component itself as a table.
            #[serde(default)]
            pub component: Option<$crate::schema::trigger::ComponentRef>,
            /// Further components by role; no trigger type of Spin's own uses them.
            #[serde(default)]
            pub components: BTreeMap<String, $crate::schema::trigger::ComponentRefs>,
            /// Components that the triggered one is composed with, by role: `middleware` for HTTP.
            #[serde(default)]
            #[schemars(extend("x-since" = "4.1.0"))]
            pub dependencies: BTreeMap<String, Vec<$crate::schema::trigger::TriggerDependency>>,
            $($fields)*
        }
    };
}
