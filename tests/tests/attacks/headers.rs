//! The headers of every answer, on every route of the table that the router is built from.

use anyhow::Result;
use delos_gateway::{Door, ROUTES, Route};
use delos_tests::house::Mode;
use delos_tests::http::{Answer, Visitor, document_id};
use serde_json::json;

use super::inside::Inside;

/// On every answer, whoever asks.
const STRICT: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    ),
];
/// What a page of ours may load: nothing of elsewhere, nothing inline.
const PAGE: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
/// What a file that was handed over may do: nothing.
const FILE: &str = "sandbox; default-src 'none'";

/// Each route by its method and by others, of somebody and of nobody; then what no route takes.
pub fn every_route_answers_under_strict_headers(mode: Mode) -> Result<()> {
    let Some(inside) = Inside::open(mode, "headers")? else {
        return Ok(());
    };
    // A file that is really handed over is kept, never shown.
    let pdf = inside
        .candidate
        .clone()
        .get("/candidate/convocation.pdf")?
        .expect(200)?;
    check(mode, "a convocation", &pdf, true);
    assert_eq!(pdf.headers["content-security-policy"], FILE);
    assert!(pdf.headers["content-disposition"].starts_with("attachment; filename=\""));

    let mut answers = 0;
    // Signing out ends what the others are asked with.
    let mut routes: Vec<&Route> = ROUTES.iter().collect();
    routes.sort_by_key(|route| route.path == "/auth/sign-out");
    for route in routes {
        for who in [
            inside.house.visitor(),
            inside.officer.clone(),
            inside.candidate.clone(),
        ] {
            let signed_out = who.cookie().is_none();
            let name = format!("{} {}", route.method(), route.path);
            let answer = knock(who, route)?;
            check(mode, &name, &answer, true);
            if signed_out {
                assert_eq!(
                    answer.status == 401,
                    route.signed_in,
                    "{name}: {}",
                    answer.status
                );
            } else {
                assert_ne!(answer.status, 401, "{name}");
            }
            assert!(answer.status < 500, "{name}: {}", answer.status);
            answers += 1;
        }
        for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
            if method != route.method() {
                let answer = inside
                    .officer
                    .clone()
                    .send(method, &path(route), &[], b"")?;
                let name = format!("{method} {}", route.path);
                check(mode, &name, &answer, true);
                // `/imports/{kind}` reads nothing, yet a name under it may be asked for.
                assert!(
                    [404, 405].contains(&answer.status),
                    "{name}: {}",
                    answer.status
                );
                answers += 1;
            }
        }
    }
    for path in [
        "/",
        "/index.html",
        "/candidats",
        "/assets/none.js",
        "/nowhere.css",
        "/graphql/none",
        "/../etc/passwd",
    ] {
        for method in ["GET", "POST"] {
            let answer = inside.house.visitor().send(method, path, &[], b"")?;
            check(mode, &format!("{method} {path}"), &answer, false);
            answers += 1;
        }
    }

    println!(
        "{mode:?}: {} routes, {answers} answers under strict headers",
        ROUTES.len()
    );
    Ok(())
}

fn check(mode: Mode, name: &str, answer: &Answer, of_a_route: bool) {
    let header = |name: &str| answer.headers.get(name).map(String::as_str);
    for (header_name, value) in STRICT {
        assert_eq!(header(header_name), Some(value), "{name}: {header_name}");
    }
    let policy = header("content-security-policy");
    assert!(
        policy == Some(PAGE) || policy == Some(FILE),
        "{name}: {policy:?}"
    );
    let tls = (mode == Mode::Production).then_some("max-age=31536000; includeSubDomains");
    assert_eq!(header("strict-transport-security"), tls, "{name}");
    let kept = header("cache-control");
    if of_a_route {
        assert_eq!(kept, Some("no-store"), "{name}");
    } else {
        // The front's own files hold nothing of anybody's.
        assert!(kept.is_some(), "{name}");
    }
    for told in ["server", "x-powered-by", "access-control-allow-origin"] {
        assert_eq!(header(told), None, "{name}: {told}");
    }
}

/// Asks for a route in its own form.
fn knock(mut who: Visitor, route: &Route) -> Result<Answer> {
    let path = path(route);
    match route.door {
        Door::Reading => who.get(&path),
        Door::Form => who.upload(&path, &[]),
        Door::Json => {
            let body = match route.path {
                // A question: a stream of one's own would not end.
                "/graphql/staff" | "/graphql/staff/live" => {
                    json!({"documentId": document_id("staff", "Me")?})
                }
                "/graphql/candidate" | "/graphql/candidate/live" => {
                    json!({"documentId": document_id("candidate", "MyExam")?})
                }
                _ => json!({}),
            };
            who.post(&path, &body)
        }
    }
}

/// A path of the route that names nothing that exists.
fn path(route: &Route) -> String {
    let named = route.path.split('/').map(|part| match part {
        "{kind}" => "candidates",
        "{place}" => "0",
        part if part.starts_with('{') => "01a20ed9-7fb4-778c-b782-e76144ff75db",
        part => part,
    });
    named.collect::<Vec<_>>().join("/")
}
