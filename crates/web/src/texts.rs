//! The texts of the page: one file for this side and the scripts. Numbers, sizes and moments go in as placeholders.
//!
//! What is written here is plain English; a script says it again in the reader's form of numbers and dates (`localise.js`).

use crate::show::{self, clean};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The file.
pub(crate) const FILE: &str = include_str!("../assets/texts.en.json");

/// A message: one form, or one a plural category of its `count`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Message {
    Plain(String),
    Plural { one: String, other: String },
}

pub(crate) static TEXTS: LazyLock<BTreeMap<String, Message>> =
    LazyLock::new(|| serde_json::from_str(FILE).expect("the texts are ours, and a test reads them"));

/// A value within a message.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Count(u64),
    Bytes(u64),
}

impl Value {
    fn plain(&self) -> String {
        match self {
            Value::Count(count) => show::number(*count),
            Value::Bytes(bytes) => show::bytes(*bytes),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Value::Count(count) => serde_json::json!(count),
            Value::Bytes(bytes) => serde_json::json!({ "bytes": bytes }),
        }
    }
}

/// Returns a message without placeholders; a key that is missing is its own message.
pub(crate) fn say(key: &'static str) -> &'static str {
    match TEXTS.get(key) {
        Some(Message::Plain(text) | Message::Plural { other: text, .. }) => text,
        None => key,
    }
}

/// Returns the message of a member of a family, as `relation.identical`; the bare name where the family does not know it.
pub(crate) fn of(family: &str, name: &str) -> String {
    match TEXTS.get(&format!("{family}.{name}")) {
        Some(Message::Plain(text)) => text.clone(),
        _ => clean(name),
    }
}

/// Returns a message with its placeholders filled.
pub(crate) fn with(key: &str, values: &[(&str, String)]) -> String {
    fill(key, false, |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
}

/// Returns a message with values that a script may say again in the reader's form.
pub(crate) fn told(key: &str, values: &[(&str, Value)]) -> Markup {
    let is_one = values.iter().any(|(name, value)| *name == "count" && matches!(value, Value::Count(1)));
    let text = fill(key, is_one, |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.plain()));
    let json: serde_json::Map<_, _> = values.iter().map(|(name, value)| ((*name).to_owned(), value.json())).collect();
    html! { span data-text=(key) data-values=(serde_json::Value::from(json)) { (text) } }
}

fn fill(key: &str, is_one: bool, value: impl Fn(&str) -> Option<String>) -> String {
    let text = match TEXTS.get(key) {
        Some(Message::Plain(text)) => text,
        Some(Message::Plural { one, other }) => {
            if is_one {
                one
            } else {
                other
            }
        }
        None => return key.to_owned(),
    };
    let mut filled = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        filled += before;
        filled += &value(name).unwrap_or_else(|| format!("{{{name}}}"));
        rest = behind;
    }
    filled + rest
}
