//! Everything that a candidate can ask, each answer to the last byte.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use delos_gateway::{Door, ROUTES, candidate_sdl};
use delos_tests::people::PASSWORD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sdl::Schema;
use super::situations::{Case, Situations};

/// An id that nothing has.
const NOWHERE: Uuid = Uuid::from_u128(0x01a2_0ed9_7fb4_778c_b782_e761_44ff_75db);
/// Pages of the site, and addresses that are none.
const PAGES: &[&str] = &[
    "/",
    "/mon-epreuve",
    "/commission",
    "/candidate/grid.pdf",
    "/candidate/appreciation.pdf",
    "/candidate/mark",
    "/nowhere.js",
    "/graphql/candidate",
    "/metrics",
];
/// What nobody should be able to ask as a candidate.
const DOCUMENTS: &[&str] = &[
    "{ myExam { mark } }",
    "{ myExam { assessment { version } } }",
    "{ commissionDay { date } }",
    "{ __schema { types { name } } }",
    "{ myExam",
    "mutation { saveAssessment { __typename } }",
    "subscription { changed }",
];

/// What was asked, and what came back.
pub struct Exchange {
    /// Who asked what.
    pub asked: String,
    /// Head and body.
    pub answer: Vec<u8>,
}

/// A run through everything.
#[derive(Default)]
pub struct Transcript {
    pub all: Vec<Exchange>,
    /// Fields of the schema that answered with data.
    pub fields: BTreeSet<String>,
    /// Routes of the candidates' own that did.
    pub routes: BTreeSet<&'static str>,
}

/// One request on a connection of its own. Left out of the answer: the date, which is the machine's clock's, and the token of
/// a new session, which is drawn at random.
pub fn knock(
    port: u16,
    token: Option<&str>,
    (method, path): (&str, &str),
    headers: &str,
    body: &[u8],
) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let cookie = token.map_or_else(String::new, |token| format!("cookie: delos={token}\r\n"));
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{cookie}{headers}content-length: {}\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.with_context(|| format!("{method} {path}: no answer"))?;
    let head = std::str::from_utf8(&bytes[..end])?;
    let mut said = String::new();
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        match name.to_lowercase().as_str() {
            "date" => {}
            "set-cookie" => {
                let rest = value.split_once(';').unwrap_or_default().1;
                let held = if value.starts_with("delos=;") {
                    ""
                } else {
                    "TOKEN"
                };
                said.extend([name, ": delos=", held, ";", rest, "\n"]);
            }
            _ => said.extend([line, "\n"]),
        }
    }
    let mut answer = said.into_bytes();
    answer.push(b'\n');
    answer.extend_from_slice(&bytes[end + 4..]);
    Ok(answer)
}

/// Body of an answer as JSON.
fn json_of(answer: &[u8]) -> Value {
    let end = answer.windows(2).position(|two| two == b"\n\n");
    let body = end.map_or(&[][..], |end| &answer[end + 2..]);
    serde_json::from_slice(body).unwrap_or_default()
}

fn is_ok(answer: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.1 200")
}

const JSON: &str = "content-type: application/json\r\nx-delos: 1\r\n";
const FORM: &str = "content-type: multipart/form-data; boundary=-at-the-door\r\nx-delos: 1\r\n";
const PARTS: &str = "---at-the-door\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na;b\r\n---at-the-door--\r\n";

impl Transcript {
    fn ask(
        &mut self,
        port: u16,
        case: Option<&Case>,
        (method, path): (&str, &str),
        headers: &str,
        body: &[u8],
    ) -> Result<Vec<u8>> {
        let token = case.map(|case| case.tokens[0].as_str());
        let answer = knock(port, token, (method, path), headers, body)?;
        let who = case.map_or("nobody", |case| case.what);
        let said = String::from_utf8_lossy(body);
        self.all.push(Exchange {
            asked: format!("{who}: {method} {path} {said}"),
            answer: answer.clone(),
        });
        Ok(answer)
    }

    fn graphql(
        &mut self,
        port: u16,
        case: Option<&Case>,
        path: &str,
        document: &str,
    ) -> Result<Value> {
        let body = serde_json::to_vec(&json!({"query": document}))?;
        let answer = self.ask(port, case, ("POST", path), JSON, &body)?;
        Ok(json_of(&answer))
    }

    /// Asks everything of a house that is served.
    pub fn of(port: u16, situations: &Situations) -> Result<Self> {
        let mut run = Self::default();
        let schema = Schema::read(&candidate_sdl())?;
        run.nobody(port, situations)?;
        for case in &situations.cases {
            run.fields_of(port, case, &schema)?;
            run.routes_of(port, case, situations.other.0)?;
            for page in PAGES {
                run.ask(port, Some(case), ("GET", page), "", b"")?;
            }
            for document in DOCUMENTS {
                for schema in ["candidate", "staff"] {
                    let path = format!("/graphql/{schema}");
                    run.graphql(port, Some(case), &path, document)?;
                }
            }
        }
        // He goes, by his second browser.
        let token = situations.cases[0].tokens[1].as_str();
        let answer = knock(port, Some(token), ("POST", "/auth/sign-out"), JSON, b"{}")?;
        run.all.push(Exchange {
            asked: "sign-out".to_owned(),
            answer,
        });
        Ok(run)
    }

    fn fields_of(&mut self, port: u16, case: &Case, schema: &Schema) -> Result<()> {
        for (field, takes) in schema.roots("Query") {
            ensure!(!takes, "{field} takes arguments: say which");
            let document = schema.document("query", "Query", &field, "")?;
            let answer = self.graphql(port, Some(case), "/graphql/candidate", &document)?;
            schema.note("Query", &answer["data"], &mut self.fields);
        }
        for (field, _) in schema.roots("Mutation") {
            ensure!(
                field == "acknowledgeConvocation",
                "{field}: say what it is given"
            );
            // A second time changes nothing: the answer bears no instant of its own.
            let acknowledged = case.what.ends_with("acknowledged").then_some(case.revision);
            for revision in [Some(99), acknowledged].into_iter().flatten() {
                let arguments = format!("(revision: {revision})");
                let document = schema.document("mutation", "Mutation", &field, &arguments)?;
                let answer = self.graphql(port, Some(case), "/graphql/candidate", &document)?;
                schema.note("Mutation", &answer["data"], &mut self.fields);
            }
        }
        Ok(())
    }

    /// Every route of the table, with what he may name and what he may not.
    fn routes_of(&mut self, port: u16, case: &Case, other: Uuid) -> Result<()> {
        let own = case.sitting.map_or(NOWHERE, |id| id.0);
        for route in ROUTES
            .iter()
            .filter(|one| !one.path.starts_with("/auth/") || one.door == Door::Reading)
        {
            let mut paths = Vec::new();
            for id in [
                own.to_string(),
                other.to_string(),
                NOWHERE.to_string(),
                "x".to_owned(),
            ] {
                let path = route
                    .path
                    .replace("{id}", &id)
                    .replace("{staged}", &id)
                    .replace("{token}", if id == "x" { "x.y" } else { &case.link })
                    .replace("{kind}", "candidates")
                    .replace("{place}", "0");
                if !path.contains('{') && !paths.contains(&path) {
                    paths.push(path);
                }
            }
            ensure!(!paths.is_empty(), "{}: say what it names", route.path);
            for path in paths {
                let answer = match route.door {
                    Door::Reading => self.ask(port, Some(case), ("GET", &path), "", b"")?,
                    Door::Form => {
                        self.ask(port, Some(case), ("POST", &path), FORM, PARTS.as_bytes())?
                    }
                    Door::Json if path == "/acknowledgements" => {
                        // Only where it is acknowledged already does the gesture change nothing.
                        let link = if case.what.ends_with("acknowledged") {
                            &case.link
                        } else {
                            "x.y"
                        };
                        let body = serde_json::to_vec(&json!({"token": link}))?;
                        self.ask(port, Some(case), ("POST", &path), JSON, &body)?
                    }
                    Door::Json => self.ask(
                        port,
                        Some(case),
                        ("POST", &path),
                        JSON,
                        b"{\"query\":\"{ myExam { state } }\"}",
                    )?,
                };
                if is_ok(&answer)
                    && (route.path.starts_with("/candidate/")
                        || route.path.starts_with("/acknowledgements"))
                {
                    self.routes.insert(route.path);
                }
            }
        }
        let body = serde_json::to_vec(&json!({"mandate": NOWHERE.to_string()}))?;
        self.ask(port, Some(case), ("POST", "/auth/mandate"), JSON, &body)?;
        Ok(())
    }

    /// Whoever is not signed in: the right password, a wrong number, a wrong code.
    fn nobody(&mut self, port: u16, situations: &Situations) -> Result<()> {
        let (authority, number) = (&situations.authority_code, &situations.cases[0].number);
        for (path, body) in [
            (
                "/auth/candidate",
                json!({"authority": authority, "number": number, "password": PASSWORD}),
            ),
            (
                "/auth/candidate",
                json!({"authority": authority, "number": "0000000000", "password": PASSWORD}),
            ),
            (
                "/auth/first-access",
                json!({"kind": "candidate", "authority": authority, "number": number, "code": "AAAAA-AAAAA", "password": "court"}),
            ),
            (
                "/graphql/candidate",
                json!({"query": "{ myExam { state } }"}),
            ),
            ("/graphql/staff", json!({"query": "{ me { id } }"})),
        ] {
            self.ask(
                port,
                None,
                ("POST", path),
                JSON,
                &serde_json::to_vec(&body)?,
            )?;
        }
        for route in ROUTES.iter().filter(|one| one.door == Door::Reading) {
            let path = route.path.replace(['{', '}'], "");
            self.ask(port, None, ("GET", &path), "", b"")?;
        }
        Ok(())
    }

    /// Where this run and another differ; none when they are alike to the last byte.
    pub fn difference(&self, other: &Self) -> Option<String> {
        if self.all.len() != other.all.len() {
            return Some(format!(
                "{} answers, and {}",
                self.all.len(),
                other.all.len()
            ));
        }
        let differ = |(one, two): &(&Exchange, &Exchange)| {
            one.asked != two.asked || one.answer != two.answer
        };
        let (one, two) = self.all.iter().zip(&other.all).find(differ)?;
        let at = one
            .answer
            .iter()
            .zip(&two.answer)
            .position(|(a, b)| a != b)
            .unwrap_or_default();
        let around = |bytes: &[u8]| {
            let from = at.saturating_sub(120);
            String::from_utf8_lossy(&bytes[from.min(bytes.len())..(at + 160).min(bytes.len())])
                .into_owned()
        };
        Some(format!(
            "{}\n--- one\n{}\n--- other\n{}",
            one.asked,
            around(&one.answer),
            around(&two.answer)
        ))
    }

    /// Fails when a field of the schema, or a route of the candidates', has never answered with data.
    pub fn must_cover(&self) -> Result<usize> {
        let schema = Schema::read(&candidate_sdl())?;
        // Streams are listened to apart.
        let all: BTreeSet<String> = schema
            .fields()
            .into_iter()
            .filter(|one| !one.starts_with("Subscription."))
            .collect();
        let silent: Vec<&String> = all.difference(&self.fields).collect();
        ensure!(
            silent.is_empty(),
            "fields that never answered with data: {silent:?}"
        );
        let own = ROUTES.iter().filter(|one| {
            one.path.starts_with("/candidate/") || one.path.starts_with("/acknowledgements")
        });
        for route in own {
            ensure!(
                self.routes.contains(route.path),
                "{} never answered with data",
                route.path
            );
        }
        Ok(all.len() + self.routes.len())
    }
}
