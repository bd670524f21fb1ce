//! The attacks that a GraphQL door must expect, as bytes on the wire.

use std::fmt::Write as _;

use anyhow::Result;
use delos_tests::http::document_id;
use serde_json::{Value, json};

/// One request that nobody of ours sends.
pub struct Attack {
    pub name: String,
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: Vec<u8>,
    /// The only statuses that refuse it for the right reason.
    pub refused: &'static [u16],
}

/// Headers of our own pages.
const OWN: [(&str, &str); 2] = [("content-type", "application/json"), ("x-delos", "1")];

/// What one schema is attacked with.
pub struct Target {
    pub schema: &'static str,
    /// A trusted document without variables that everybody inside may send.
    pub harmless: &'static str,
    /// A field that has fields.
    pub field: &'static str,
    /// A list of lists of lists, with a field each.
    pub lists: &'static str,
    /// A mutation, or a query where there is no mutation.
    pub act: &'static str,
}

/// Both doors.
pub const TARGETS: [Target; 2] = [
    Target {
        schema: "staff",
        harmless: "Me",
        field: "me { name }",
        lists: "plans { id form owner state commissions { id number days { id date sittings { id date timezone revision \
                candidate { id number familyName givenNames email option form status sittingState } } } } }",
        act: "mutation { clearPlan(plan: \"1\", version: 1) { __typename } }",
    },
    Target {
        schema: "candidate",
        harmless: "MyExam",
        field: "myExam { name }",
        lists: "myExam { name number diploma examCode examTitle option session form state \
                convocation { date arrival start end phases { name explanation start end } bring forbidden } }",
        act: "{ myExam { name } }",
    },
];

impl Target {
    fn json(&self, name: &str, refused: &'static [u16], body: &Value) -> Attack {
        self.raw(name, refused, body.to_string().into_bytes())
    }

    fn raw(&self, name: &str, refused: &'static [u16], body: Vec<u8>) -> Attack {
        Attack {
            name: format!("{}: {name}", self.schema),
            method: "POST",
            path: format!("/graphql/{}", self.schema),
            headers: OWN.to_vec(),
            body,
            refused,
        }
    }

    fn query(&self, name: &str, refused: &'static [u16], query: &str) -> Attack {
        self.json(name, refused, &json!({"query": query}))
    }

    /// Attacks on what reads the request and its document. Whoever they come from, they are refused before that is asked.
    pub fn on_the_door(&self) -> Result<Vec<Attack>> {
        let id = document_id(self.schema, self.harmless)?;
        let honest = json!({"documentId": id, "variables": {}}).to_string();
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let mut all = vec![
            self.query(
                "a list nested 2 000 deep",
                &[400],
                &format!("{{ me(x: {}) {{ name }} }}", deep(2_000)),
            ),
            self.raw(
                "variables nested 2 000 deep",
                &[400],
                format!(
                    r#"{{"documentId":"{id}","variables":{{"x":{}}}}}"#,
                    deep(2_000)
                )
                .into(),
            ),
            self.raw(
                "variables nested 30 000 deep",
                &[400],
                format!(
                    r#"{{"documentId":"{id}","variables":{{"x":{}}}}}"#,
                    deep(30_000)
                )
                .into(),
            ),
            self.query(
                "fragments that double, 22 levels",
                &[400],
                &fragments(2, 22),
            ),
            self.query(
                "fragments that spread 6 times, 12 levels",
                &[400],
                &fragments(6, 12),
            ),
            self.query(
                "fragments in a circle",
                &[400],
                "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
            ),
            self.raw(
                "a batch of 1 000 operations",
                &[400],
                format!("[{}]", vec![r#"{"query":"{__typename}"}"#; 1_000].join(",")).into(),
            ),
            self.query(
                "1 000 operations in one document",
                &[400],
                &numbered("query a", 900, "{x}"),
            ),
            self.query(
                "10 000 aliases",
                &[400, 413],
                &format!("{{{}}}", numbered("a", 10_000, ":__typename ")),
            ),
            self.query(
                "1 000 aliases in 16 kB",
                &[400],
                &format!("{{{}}}", numbered("a", 900, ":__typename ")),
            ),
            self.query(
                "100 000 directives",
                &[413],
                &format!("{{ __typename {} }}", "@skip(if:false)".repeat(100_000)),
            ),
            self.query(
                "1 000 directives in 16 kB",
                &[400],
                &format!("{{ __typename {} }}", "@skip(if:false)".repeat(1_000)),
            ),
            self.query(
                "lists of lists of lists",
                &[400],
                &format!("{{{}}}", numbered("a", 30, &format!(": {} ", self.lists))),
            ),
            self.raw(
                "12 MB of JSON",
                &[413],
                format!(r#"{{"query":"{}"}}"#, "x".repeat(12 << 20)).into(),
            ),
            self.json(
                "an unknown document",
                &[400],
                &json!({"documentId": "0".repeat(64)}),
            ),
            self.json(
                "the other door's document",
                &[400],
                &json!({"documentId": document_id(
                    if self.schema == "staff" { "candidate" } else { "staff" },
                    if self.schema == "staff" { "MyExam" } else { "Me" },
                )?}),
            ),
            self.json(
                "a trusted document and another",
                &[400],
                &json!({"documentId": id, "query": "{ __typename }"}),
            ),
            self.json("nothing", &[400], &json!({})),
            self.json(
                "an unknown member",
                &[400],
                &json!({"documentId": id, "admin": true}),
            ),
            self.json(
                "variables in a list",
                &[400],
                &json!({"documentId": id, "variables": [1, 2]}),
            ),
            self.json(
                "variables in a text",
                &[400],
                &json!({"documentId": id, "variables": "{}"}),
            ),
            self.json(
                "variables that are a number",
                &[400],
                &json!({"documentId": id, "variables": 7}),
            ),
            self.raw("no JSON", &[400], b"{\"documentId\":".to_vec()),
            self.raw("no text", &[400], vec![0xff; 2_000]),
            self.raw("no bytes", &[400], Vec::new()),
        ];
        all.push(Attack {
            method: "GET",
            path: format!(
                "/graphql/{}?query={}",
                self.schema,
                self.act.replace(' ', "%20").replace('"', "%22")
            ),
            body: Vec::new(),
            headers: vec![("x-delos", "1")],
            ..self.raw("a mutation over GET", &[405], Vec::new())
        });
        for (name, refused, header) in [
            (
                "text/plain",
                &[415],
                [("content-type", "text/plain"), ("x-delos", "1")],
            ),
            (
                "a form",
                &[415],
                [
                    ("content-type", "multipart/form-data; boundary=b"),
                    ("x-delos", "1"),
                ],
            ),
            (
                "an old form",
                &[415],
                [
                    ("content-type", "application/x-www-form-urlencoded"),
                    ("x-delos", "1"),
                ],
            ),
            ("no own header", &[403], [OWN[0], ("accept", "*/*")]),
        ] {
            all.push(Attack {
                headers: header.to_vec(),
                ..self.raw(name, refused, honest.clone().into())
            });
        }
        for (name, header) in [
            ("a page of elsewhere", ("origin", "https://evil.example")),
            ("a page of nowhere", ("origin", "null")),
            (
                "a page that looks like ours",
                ("origin", "https://delos.example.evil.example"),
            ),
            ("another site", ("sec-fetch-site", "cross-site")),
            ("a neighbour site", ("sec-fetch-site", "same-site")),
        ] {
            all.push(Attack {
                headers: [&OWN[..], &[header]].concat(),
                ..self.raw(name, &[403], honest.clone().into())
            });
        }
        all.push(Attack {
            headers: vec![
                ("content-type", "multipart/form-data; boundary=b"),
                ("x-delos", "1"),
            ],
            ..self.raw("30 MB in a form", &[413, 415], multipart(30 << 20))
        });
        Ok(all)
    }

    /// A document that shows the schema: production knows no such document; development shows it to who is signed in.
    pub fn introspection(&self) -> Attack {
        self.query(
            "introspection",
            &[400],
            "{ __schema { types { name fields { name } } } }",
        )
    }

    /// Requests that only the schema itself can refuse: of whoever is inside, in development.
    pub fn on_the_schema(&self) -> Vec<Attack> {
        [
            ("an unknown field", "{ passwords }".to_owned()),
            (
                "no selection",
                format!("{{ {} }}", self.field.split(' ').next().unwrap_or_default()),
            ),
            (
                "an unknown argument",
                format!("{{ {} }}", self.field.replacen(' ', "(x: 1) ", 1)),
            ),
            ("an unknown fragment", "{ ...nowhere }".to_owned()),
            ("no GraphQL", "select * from account; --".to_owned()),
            ("an empty document", String::new()),
            (
                "two operations, none named",
                "query a { __typename } query b { __typename }".to_owned(),
            ),
            ("a subscription", "subscription { x }".to_owned()),
            (
                "a variable of no type",
                "query a($x: Nothing!) { __typename @skip(if: $x) }".to_owned(),
            ),
        ]
        .into_iter()
        .map(|(name, query)| self.query(name, &[400], &query))
        .collect()
    }
}

/// A part of an import as large as that.
fn multipart(size: usize) -> Vec<u8> {
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n";
    let mut body = head.as_bytes().to_vec();
    body.resize(body.len() + size, b'x');
    body.extend_from_slice(b"\r\n--b--\r\n");
    body
}

/// Fragments of which each spreads the next so many times.
fn fragments(times: usize, levels: usize) -> String {
    let mut document = "{ ...f0 }".to_owned();
    for level in 0..levels {
        let spread = format!("...f{} ", level + 1).repeat(times);
        let _ = write!(document, " fragment f{level} on Query {{ {spread}}}");
    }
    let _ = write!(document, " fragment f{levels} on Query {{ __typename }}");
    document
}

/// So many of the same, each with its number.
fn numbered(before: &str, count: usize, after: &str) -> String {
    (0..count).fold(String::new(), |mut all, number| {
        let _ = write!(all, "{before}{number}{after}");
        all
    })
}
