//! The file with the OAuth client that a person downloads from the Cloud console.

use crate::secret::Secret;
use serde_json::Value;

/// Longest client file that is read, in bytes; a real one has about 400.
const FILE_MAX_BYTES: usize = 64 * 1024;

/// An OAuth client of type "Desktop app".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its id (`….apps.googleusercontent.com`), which is public.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// The Cloud project, where told.
    pub project_id: Option<String>,
}

/// Why a client file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientSecretProblem {
    /// Not JSON, or too long.
    #[error("it is not the JSON file that the Cloud console gives; download it again")]
    NotJson,
    /// A client for web servers.
    #[error("it is for a \"Web application\"; make an OAuth client of type \"Desktop app\"")]
    WebClient,
    /// The key of a service account.
    #[error("it is the key of a service account, which has no Google Photos; make an OAuth client of type \"Desktop app\"")]
    ServiceAccount,
    /// The secret is missing, as in some old files.
    #[error("it holds no client secret; Google shows it only when the client is made: add a new secret, or make a new client")]
    NoSecret,
    /// The id is missing.
    #[error("it holds no client id; download it again")]
    NoId,
    /// JSON of something else.
    #[error("it is JSON, but no OAuth client (no `installed` in it); download the file of a client of type \"Desktop app\"")]
    OtherJson,
}

impl ClientSecret {
    /// Reads the file as downloaded.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn parse(json: &str) -> Result<Self, ClientSecretProblem> {
        if json.len() > FILE_MAX_BYTES {
            return Err(ClientSecretProblem::NotJson);
        }
        let file: Value = serde_json::from_str(json.trim_start_matches('\u{feff}')).map_err(|_| ClientSecretProblem::NotJson)?;
        let Some(client) = file.get("installed") else {
            return Err(match () {
                () if file.get("web").is_some() => ClientSecretProblem::WebClient,
                () if file.get("type").and_then(Value::as_str) == Some("service_account") => ClientSecretProblem::ServiceAccount,
                () => ClientSecretProblem::OtherJson,
            });
        };
        let field = |name| {
            let text = client.get(name).and_then(Value::as_str).map(str::trim);
            text.filter(|text| !text.is_empty() && !text.chars().any(char::is_control)).map(str::to_owned)
        };
        Ok(Self {
            client_id: field("client_id").ok_or(ClientSecretProblem::NoId)?,
            client_secret: Secret::new(field("client_secret").ok_or(ClientSecretProblem::NoSecret)?),
            project_id: field("project_id"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ClientSecretProblem::{NoId, NoSecret, NotJson, OtherJson, ServiceAccount, WebClient};

    #[test]
    fn the_file_as_downloaded() {
        let json = r#"{"installed":{"client_id":"123-abc.apps.googleusercontent.com","project_id":"my-project",
            "auth_uri":"https://accounts.google.com/o/oauth2/auth","client_secret":"GOCSPX-hush","redirect_uris":["http://localhost"]}}"#;
        let client = ClientSecret::parse(json).unwrap();
        assert_eq!(client.client_id, "123-abc.apps.googleusercontent.com");
        assert_eq!(client.client_secret.reveal(), "GOCSPX-hush");
        assert_eq!(client.project_id.as_deref(), Some("my-project"));
        assert!(!format!("{client:?}").contains("hush"));
        assert_eq!(ClientSecret::parse(&format!("\u{feff}{json}")).unwrap(), client, "an editor of Windows put a mark in front");
    }

    #[test]
    fn each_wrong_file_has_its_own_words() {
        let mut all = Vec::new();
        for (json, expected) in [
            ("", NotJson),
            ("<html>", NotJson),
            (r#"{"installed":{"client_id":"a""#, NotJson),
            (r#"{"web":{"client_id":"a","client_secret":"b"}}"#, WebClient),
            (r#"{"type":"service_account","private_key":"k"}"#, ServiceAccount),
            (r#"{"installed":{"client_id":"a"}}"#, NoSecret),
            (r#"{"installed":{"client_id":"a","client_secret":" "}}"#, NoSecret),
            (r#"{"installed":{"client_secret":"b"}}"#, NoId),
            (r#"{"installed":[]}"#, NoId),
            ("[]", OtherJson),
            (r#"{"access_token":"x"}"#, OtherJson),
        ] {
            let problem = ClientSecret::parse(json).unwrap_err();
            assert_eq!(problem, expected, "{json}");
            all.push(problem.to_string());
        }
        all.dedup();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 6);
        assert_eq!(ClientSecret::parse(&" ".repeat(FILE_MAX_BYTES + 1)).unwrap_err(), NotJson);
    }
}
