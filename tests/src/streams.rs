//! Somebody who listens at the front door: one stream of changes, read as it comes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::http::{Visitor, document_id};

/// A stream that is open until dropped.
pub struct Stream {
    socket: TcpStream,
    heard: Receiver<Heard>,
}

/// What comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Data of an event.
    Next(Value),
    /// A sign of life.
    Alive,
    /// It is over, and says so.
    Complete,
}

/// Topics that staff listen to.
pub fn topics(all: &[&str]) -> Value {
    json!({"topics": all})
}

impl Stream {
    /// Listens to a trusted document; an answer that is no stream is an error that begins with its status.
    pub fn open(
        visitor: &Visitor,
        schema: &str,
        operation: &str,
        variables: &Value,
    ) -> Result<Self> {
        let body = json!({"documentId": document_id(schema, operation)?, "variables": variables});
        Self::ask(visitor, &format!("/graphql/{schema}/live"), &body)
    }

    /// Listens to whatever is asked.
    pub fn ask(visitor: &Visitor, path: &str, body: &Value) -> Result<Self> {
        let body = body.to_string();
        let mut socket = TcpStream::connect(("127.0.0.1", visitor.port()))?;
        socket.set_read_timeout(Some(Duration::from_mins(1)))?;
        write!(
            socket,
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-delos: look\r\n\
             cookie: {}\r\ncontent-length: {}\r\n\r\n{body}",
            visitor.cookie().unwrap_or_default(),
            body.len()
        )?;
        let mut reader = BufReader::new(socket.try_clone()?);
        let mut status = String::new();
        reader.read_line(&mut status)?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
        let status = status.split(' ').nth(1).context("no status")?.to_owned();
        if status != "200" {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, length)| length.trim().parse().ok());
            let mut said = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut said)?;
            bail!("{status} {}", String::from_utf8_lossy(&said));
        }
        if !head.to_lowercase().contains("text/event-stream") {
            bail!("no stream: {head}");
        }
        let (told, heard) = channel();
        std::thread::spawn(move || {
            let mut complete = false;
            for line in reader.lines() {
                let Ok(line) = line else { return };
                // Sizes of pieces and empty lines say nothing.
                let said = match line.split_once(':') {
                    Some(("", "")) => Heard::Alive,
                    Some(("event", kind)) => {
                        complete = kind.trim() == "complete";
                        continue;
                    }
                    Some(("data", _)) if complete => Heard::Complete,
                    Some(("data", text)) => match serde_json::from_str(text) {
                        Ok(value) => Heard::Next(value),
                        Err(_) => return,
                    },
                    _ => continue,
                };
                if told.send(said).is_err() {
                    return;
                }
            }
        });
        Ok(Self { socket, heard })
    }

    /// What comes within `limit`, signs of life aside; none when nothing does, or it is over without a word.
    pub fn next(&self, limit: Duration) -> Option<Heard> {
        let until = std::time::Instant::now() + limit;
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            match self.heard.recv_timeout(left) {
                Ok(Heard::Alive) => {}
                Ok(said) => return Some(said),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// A sign of life, within `limit`.
    pub fn lives(&self, limit: Duration) -> bool {
        matches!(self.heard.recv_timeout(limit), Ok(Heard::Alive))
    }

    /// The ids that are told within `limit`.
    pub fn ids(&self, limit: Duration) -> Vec<String> {
        let until = std::time::Instant::now() + limit;
        let mut ids = Vec::new();
        while let Some(Heard::Next(event)) =
            self.next(until.saturating_duration_since(std::time::Instant::now()))
        {
            if let Some(id) = event["data"]["changed"]["id"].as_str() {
                ids.push(id.to_owned());
            }
        }
        ids
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}
