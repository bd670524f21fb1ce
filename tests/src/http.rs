//! Somebody at the front door: HTTP/1.1 over a socket, one request a connection, one cookie.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// One browser: who is signed in is in its cookie.
#[derive(Clone, Debug)]
pub struct Visitor {
    port: u16,
    cookie: Option<String>,
}

/// What the house answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// A part of a form.
pub struct Part<'a> {
    pub name: &'a str,
    pub file: &'a str,
    pub bytes: &'a [u8],
}

/// Ids of the trusted documents by schema and operation, as a built front end knows them.
static DOCUMENTS: LazyLock<BTreeMap<(String, String), String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/gateway/schema");
    let mut ids = BTreeMap::new();
    for schema in ["staff", "candidate"] {
        let file = folder.join(format!("documents.{schema}.json"));
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let documents: BTreeMap<String, String> = serde_json::from_str(&text).unwrap_or_default();
        for (id, document) in documents {
            let mut words = document.split(|c: char| !c.is_alphanumeric());
            let operation = words.by_ref().filter(|word| !word.is_empty()).nth(1);
            let operation = operation.unwrap_or_default().to_owned();
            ids.insert((schema.to_owned(), operation), id);
        }
    }
    ids
});

/// Id of a trusted document.
pub fn document_id(schema: &str, operation: &str) -> Result<&'static str> {
    DOCUMENTS
        .get(&(schema.to_owned(), operation.to_owned()))
        .map(String::as_str)
        .with_context(|| format!("no document for {operation}"))
}

impl Visitor {
    /// Nobody yet.
    pub fn new(port: u16) -> Self {
        Self { port, cookie: None }
    }

    /// Somebody whose session is in the database already, served in development.
    pub fn with_token(port: u16, token: &str) -> Self {
        Self {
            port,
            cookie: Some(format!("delos={token}")),
        }
    }

    /// The same browser at another gateway of the house: a cookie knows no port.
    #[must_use]
    pub fn at(&self, port: u16) -> Self {
        Self {
            port,
            cookie: self.cookie.clone(),
        }
    }

    /// The port that it knocks at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Asks for a page or a file.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.send("GET", path, &[], &[])
    }

    /// Sends JSON as our own pages do.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Answer> {
        let headers = [("content-type", "application/json"), ("x-delos", "1")];
        self.send("POST", path, &headers, &serde_json::to_vec(body)?)
    }

    /// Sends a form with files as our own pages do.
    pub fn upload(&mut self, path: &str, parts: &[Part<'_>]) -> Result<Answer> {
        const BOUNDARY: &str = "----at-the-front-door";
        let mut body = Vec::new();
        for part in parts {
            write!(
                body,
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n",
                part.name, part.file
            )?;
            body.extend_from_slice(part.bytes);
            body.extend_from_slice(b"\r\n");
        }
        write!(body, "--{BOUNDARY}--\r\n")?;
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers = [("content-type", kind.as_str()), ("x-delos", "1")];
        self.send("POST", path, &headers, &body)
    }

    /// One trusted document of the staff's; its data, or an error when there are any.
    pub fn staff(&mut self, operation: &str, variables: &Value) -> Result<Value> {
        self.data("staff", operation, variables)
    }

    /// One trusted document of the candidates'.
    pub fn candidate(&mut self, operation: &str) -> Result<Value> {
        self.data("candidate", operation, &json!({}))
    }

    /// One trusted document, whatever comes back.
    pub fn ask(&mut self, schema: &str, operation: &str, variables: &Value) -> Result<Answer> {
        let id = document_id(schema, operation)?;
        let body = json!({"documentId": id, "operationName": operation, "variables": variables});
        self.post(&format!("/graphql/{schema}"), &body)
    }

    /// One trusted document whose request is understood: its data and its errors.
    pub fn document(&mut self, schema: &str, operation: &str, variables: &Value) -> Result<Value> {
        self.ask(schema, operation, variables)?
            .expect(200)
            .with_context(|| operation.to_owned())?
            .json()
    }

    fn data(&mut self, schema: &str, operation: &str, variables: &Value) -> Result<Value> {
        let mut answer = self.document(schema, operation, variables)?;
        match answer.get("errors").and_then(Value::as_array) {
            Some(errors) if !errors.is_empty() => bail!("{operation}: {answer}"),
            _ => Ok(answer["data"].take()),
        }
    }

    /// A mutation whose document has one field; a refusal is its second outcome.
    pub fn act(
        &mut self,
        operation: &str,
        variables: &Value,
    ) -> Result<std::result::Result<Value, Value>> {
        let data = self.staff(operation, variables)?;
        let field = data.as_object().and_then(|fields| fields.values().next());
        let field = field.context("no field")?.clone();
        Ok(if field["__typename"] == "Refusal" {
            Err(field)
        } else {
            Ok(field)
        })
    }

    /// A mutation that nothing refuses.
    pub fn must(&mut self, operation: &str, variables: &Value) -> Result<Value> {
        self.act(operation, variables)?
            .map_err(|refusal| anyhow::anyhow!("{operation} is refused: {refusal}"))
    }

    /// The cookie that it holds, `name=value`.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// Sends a request of any form.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer> {
        let length = body.len().to_string();
        let headers = [headers, &[("content-length", length.as_str())]].concat();
        self.pour(method, path, &headers, std::iter::once(body))
    }

    /// Sends a request whose body comes piece by piece, under the headers given and no other. Whoever refuses it early
    /// closes the door on the rest: what was answered by then is the answer.
    pub fn pour<'a>(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Answer> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_mins(2)))?;
        let mut head = Vec::new();
        write!(
            head,
            "{method} {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n",
            self.port
        )?;
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n")?;
        }
        if let Some(cookie) = &self.cookie {
            write!(head, "cookie: {cookie}\r\n")?;
        }
        head.extend_from_slice(b"\r\n");
        let mut written = stream.write_all(&head);
        for piece in body {
            if written.is_ok() {
                written = stream.write_all(piece);
            }
        }
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        if bytes.is_empty() {
            written?;
            read?;
        }
        let answer = Answer::parse(&bytes).with_context(|| format!("{method} {path}"))?;
        if let Some(cookie) = answer.headers.get("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        Ok(answer)
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Result<Self> {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .context("no answer")?;
        let head = std::str::from_utf8(&bytes[..end])?;
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .context("no status")?
            .parse()?;
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let body = bytes[end + 4..].to_vec();
        // Nobody asked for pieces: what is announced is what came.
        let length = headers
            .get("content-length")
            .map(|text| text.parse::<usize>());
        if length.transpose()? != Some(body.len()) {
            bail!("an answer cut short: {head}");
        }
        Ok(Self {
            status,
            headers,
            body,
        })
    }

    /// Itself when it has this status.
    pub fn expect(self, status: u16) -> Result<Self> {
        if self.status == status {
            return Ok(self);
        }
        let text = String::from_utf8_lossy(&self.body);
        bail!("{} instead of {status}: {text}", self.status)
    }

    /// Its body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).context("no JSON")
    }
}
