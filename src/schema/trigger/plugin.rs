//! The trigger types that plugins of Spin's catalogue bring. A plugin changes without Spin: what it is not known to take is worth a warning,
//! and is left out of the published schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::schema::manifest::AnyTable;

trigger! {
    /// `[[trigger.cron]]`: points in time.
    #[schemars(extend("x-plugin" = true))]
    CronTrigger {
        /// When: seconds, minutes, hours, days, months, days of the week, and years if wanted. `"0 30 9 * * *"` is half past nine.
        pub cron_expression: String,
    }
}

trigger! {
    /// `[[trigger.mqtt]]`: a topic, and the component that receives its messages.
    #[schemars(extend("x-plugin" = true))]
    MqttTrigger {
        /// The topic; templates are expanded.
        pub topic: String,
        /// The quality of service: `"0"`, `"1"` or `"2"`.
        pub qos: String,
    }
}

trigger! {
    /// `[[trigger.sqs]]`: a queue, and the component that receives its messages.
    #[schemars(extend("x-plugin" = true))]
    SqsTrigger {
        /// The URL of the queue.
        pub queue_url: String,
        /// How many messages are fetched at a time.
        #[serde(default)]
        pub max_messages: Option<u16>,
        /// How long to wait before an empty queue is asked again, in seconds.
        #[serde(default)]
        pub idle_wait_seconds: Option<u32>,
        /// The attributes of the queue that come with each message.
        #[serde(default)]
        pub system_attributes: Option<Vec<String>>,
        /// The attributes of each message that come with it.
        #[serde(default)]
        pub message_attributes: Option<Vec<String>>,
    }
}

trigger! {
    /// `[[trigger.command]]`: runs once, when the app starts.
    #[schemars(extend("x-plugin" = true))]
    CommandTrigger {}
}

trigger! {
    /// A trigger of a plugin's type; its own keys are the plugin's affair.
    OtherTrigger {
        /// The plugin's own keys.
        #[serde(flatten)]
        pub settings: AnyTable,
    }
}

/// `[application.trigger.mqtt]`
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(extend("x-plugin" = true))]
pub struct SharedMqtt {
    /// The broker, `mqtt://host:port`; templates are expanded.
    pub address: String,
    /// The user; templates are expanded.
    pub username: String,
    /// The password; templates are expanded.
    pub password: String,
    /// How often the connection shows that it lives, in seconds, as a string.
    pub keep_alive_interval: String,
}
