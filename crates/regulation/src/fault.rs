//! What is wrong in a regulation file, and where.

/// One fault, told in French to whoever wrote the file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error)]
#[error("{file}:{line}: {}", sentence(.key, .reason))]
pub struct Fault {
    /// Name of the file, as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Path of the key, e.g. `course.phases[2].minutes`; empty when the fault is about the whole file.
    pub key: String,
    /// What is wrong, in French.
    pub reason: String,
}

fn sentence(key: &str, reason: &str) -> String {
    if key.is_empty() {
        reason.to_owned()
    } else {
        format!("{key} : {reason}")
    }
}
