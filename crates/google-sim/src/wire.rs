//! Requests and answers as the services see them, free of any server's types, and the text forms around them.

use std::time::Duration;

use serde_json::Value;

/// A request that has arrived whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    /// `GET`, `POST` …
    pub(crate) verb: String,
    /// The path, percent escapes undone.
    pub(crate) path: String,
    /// The pairs of the query, escapes undone, in order.
    pub(crate) query: Vec<(String, String)>,
    /// Header names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    /// Returns the first value of a query key.
    pub(crate) fn query(&self, key: &str) -> Option<&str> {
        first(&self.query, key)
    }

    /// Returns a header; `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// Returns the token of `Authorization: Bearer`, or of the `access_token` parameter.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).or_else(|| self.query("access_token"))
    }

    /// Returns the pairs of a form body.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        pairs(&String::from_utf8_lossy(&self.body))
    }
}

/// Returns the first value of `key` among pairs.
pub(crate) fn first<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

/// What an answer's body is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The same piece again and again.
    Endless,
    /// These bytes, then the connection closes although more was promised.
    CutShort(Vec<u8>),
    /// Nothing: the connection closes before the answer.
    Dropped,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
    /// How long the client waits for it.
    pub(crate) delay: Option<Duration>,
}

impl Reply {
    pub(crate) fn bytes(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], content: Content::Bytes(body.into()), delay: None }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::bytes(status, "application/json; charset=UTF-8", body.to_string())
    }

    pub(crate) fn html(status: u16, body: &str) -> Self {
        Self::bytes(status, "text/html; charset=utf-8", body)
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::bytes(status, "text/plain", body)
    }

    pub(crate) fn redirect(target: &str) -> Self {
        Self::bytes(302, "text/html; charset=utf-8", "").with("location", target)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Returns the body where it is JSON.
    pub(crate) fn value(&self) -> Option<Value> {
        match &self.content {
            Content::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
            _ => None,
        }
    }
}

/// Returns the pairs of a query or a form.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |piece: &str| {
        let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
        (unescaped(&key.replace('+', " ")), unescaped(&value.replace('+', " ")))
    };
    text.split('&').filter(|piece| !piece.is_empty()).map(pair).collect()
}

/// Returns `text` with its percent escapes undone; a broken escape stays as it is.
pub(crate) fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten().and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Returns `text` as a query's value.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Returns `text` safe inside HTML.
pub(crate) fn html_escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_come_back() {
        for text in ["plain", "a b&c=d/ü?%", "100%", "%zz"] {
            assert_eq!(unescaped(&escaped(text)), text);
        }
        assert_eq!(unescaped("100%"), "100%");
        assert_eq!(pairs("a=1&b=x+y%26&b=2"), [("a", "1"), ("b", "x y&"), ("b", "2")].map(|(k, v)| (k.to_owned(), v.to_owned())));
    }
}
