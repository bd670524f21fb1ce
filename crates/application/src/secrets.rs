//! Passwords, one-time codes and tokens: how they are made, checked and hashed.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::passwords;

/// Fewest characters of a password.
const SHORTEST: usize = 12;
/// Most characters of a password.
const LONGEST: usize = 128;

/// Argon2id with 64 MiB, 3 passes, 1 lane (OWASP, above its floor).
fn argon2() -> Argon2<'static> {
    let params = Params::new(64 * 1024, 3, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether a password may be chosen by somebody about whom these words are known (names, number, address).
///
/// # Errors
/// `password_too_short`, `password_too_long`, `password_too_common`.
pub fn check_password(password: &str, about: &[&str]) -> Result<(), Refusal> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Refusal::new("password_too_short").with("least", SHORTEST));
    }
    if length > LONGEST {
        return Err(Refusal::new("password_too_long").with("most", LONGEST));
    }
    if passwords::is_easy(password, about) {
        return Err(Refusal::new("password_too_common"));
    }
    Ok(())
}

/// Hashes a password on the lane of passwords.
pub async fn hash_password(context: &Context, password: String) -> CommandResult<String> {
    let hash = context
        .lanes
        .password(move || {
            argon2()
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
        })
        .await?;
    hash.map_err(|error| CommandError::Broken(error.to_string()))
}

/// Checks a password on the lane of passwords. An account without a password costs the same time as one with.
pub async fn verify_password(
    context: &Context,
    password: String,
    hash: Option<String>,
) -> CommandResult<bool> {
    let known = hash.is_some();
    // The hash of no password at all: unknown accounts take as long as known ones.
    let hash = hash.unwrap_or_else(|| {
        "$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b4dWRWJTmaaJObG2rSKbIvlmLU".to_owned()
    });
    let right = context
        .lanes
        .password(
            move || match argon2::password_hash::phc::PasswordHash::new(&hash) {
                Ok(parsed) => argon2()
                    .verify_password(password.as_bytes(), &parsed)
                    .is_ok(),
                Err(_) => false,
            },
        )
        .await?;
    Ok(right && known)
}

/// A token of 256 bits, for a link or a cookie.
pub fn new_token(context: &Context) -> String {
    URL_SAFE_NO_PAD.encode(context.random::<32>())
}

/// What is kept of a token.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A code that a person types: ten characters of an alphabet without look-alikes (50 bits), in two groups.
pub fn new_code(context: &Context) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let letters: String = context
        .random::<10>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    format!("{}-{}", &letters[..5], &letters[5..])
}

/// A typed code as it was made: case, blanks and dashes do not count.
pub fn fold_code(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_a_word_that_everybody_tries() {
        let code = |password: &str| {
            check_password(password, &["Dieudonné"]).map_err(|refusal| refusal.code)
        };
        assert_eq!(code("court"), Err("password_too_short"));
        assert_eq!(code(&"ab1".repeat(50)), Err("password_too_long"));
        assert_eq!(code("motdepasse123"), Err("password_too_common"));
        assert_eq!(code("dieudonne2027"), Err("password_too_common"));
        assert_eq!(code("quatre mots au hasard"), Ok(()));
    }

    #[test]
    fn a_typed_code_is_read_as_people_type_it() {
        assert_eq!(fold_code(" abcde-fgh23 "), "ABCDEFGH23");
        assert_eq!(fold_code("ABCDE FGH23"), "ABCDEFGH23");
    }
}
