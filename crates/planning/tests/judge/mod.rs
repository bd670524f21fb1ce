//! The format's judge, asked about many plans at once.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What the judge answers; none, said, when there is no Python, which `CI=true` does not let pass.
pub fn ask(lines: &[Value]) -> Option<Vec<Value>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/python/plans.py");
    let judge = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut judge) = judge else {
        println!("skipped: the judge: there is no Python");
        assert!(!may_not_skip());
        return None;
    };
    let mut input = judge.stdin.take().expect("a pipe");
    let text: Vec<u8> = lines
        .iter()
        .flat_map(|line| [line.to_string().into_bytes(), vec![b'\n']].concat())
        .collect();
    // Written beside the reading: a pipe that nobody empties fills up.
    let writer = std::thread::spawn(move || input.write_all(&text));
    let answered = judge.wait_with_output().expect("an answer");
    writer.join().expect("a writer").expect("a reader");
    assert!(answered.status.success());
    let answers = String::from_utf8(answered.stdout).expect("UTF-8");
    Some(
        answers
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect(),
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "as every test that may lack something"
)]
fn may_not_skip() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}
