//! Where the values of variables come from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AzureKeyVaultWord, EnvWord, StaticWord, VaultWord};

/// `[[variables_provider]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum VariablesProvider {
    /// Environment variables.
    #[schemars(title = "type = \"env\"")]
    Env(Env),
    /// Values that are written down.
    #[schemars(title = "type = \"static\"")]
    Static(Static),
    /// HashiCorp Vault.
    #[schemars(title = "type = \"vault\"")]
    Vault(Vault),
    /// Azure Key Vault.
    #[schemars(title = "type = \"azure_key_vault\"")]
    AzureKeyVault(AzureKeyVault),
}

/// `type = "env"`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Env {
    /// `env`
    #[serde(rename = "type")]
    pub kind: EnvWord,
    /// What their names begin with, before an underscore. `SPIN_VARIABLE`, if absent.
    pub prefix: Option<String>,
    /// A file of more of them.
    pub dotenv_path: Option<String>,
}

/// `type = "static"`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Static {
    /// `static`
    #[serde(rename = "type")]
    pub kind: StaticWord,
    /// The values by the variables' names.
    pub values: BTreeMap<String, String>,
}

/// `type = "vault"`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// `vault`
    #[serde(rename = "type")]
    pub kind: VaultWord,
    /// The server.
    pub url: String,
    /// The token.
    pub token: String,
    /// Where its engine of keys and values is mounted.
    pub mount: String,
    /// What all paths begin with.
    pub prefix: Option<String>,
}

/// `type = "azure_key_vault"`. Of `client_id`, `client_secret` and `tenant_id` there are all or none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AzureKeyVault {
    /// `azure_key_vault`
    #[serde(rename = "type")]
    pub kind: AzureKeyVaultWord,
    /// The vault.
    pub vault_url: String,
    /// The service principal; without it the environment's credentials are used.
    pub client_id: Option<String>,
    /// The principal's secret.
    pub client_secret: Option<String>,
    /// The principal's tenant.
    pub tenant_id: Option<String>,
    /// Which of Azure's clouds it is.
    pub authority_host: Option<AzureAuthority>,
}

/// Azure's clouds.
#[derive(Debug, Deserialize, JsonSchema)]
#[expect(clippy::enum_variant_names, reason = "Spin reads these words")]
pub enum AzureAuthority {
    /// The public one.
    AzurePublicCloud,
    /// China's.
    AzureChina,
    /// Germany's.
    AzureGermany,
    /// The government's.
    AzureGovernment,
}
