//! What a receipt says, as it was made: who sent what to whom and when, with an HMAC a file under the cohort's key. Never a
//! plain hash, which a mark of twenty values would not resist.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use delos_documents::assessment::{Digest, Receipt, ReceiptFile};
use delos_persistence::consignments::hexadecimal;
use delos_persistence::envelope::CohortKey;
use serde::{Deserialize, Serialize};

use crate::error::{CommandError, CommandResult};

/// Digits of the code that people type.
const TYPED: usize = 16;

/// What the receipt's HMAC is of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Core {
    pub number: String,
    pub session: String,
    pub diploma: String,
    pub exam: String,
    pub form: String,
    pub school: String,
    pub uai: String,
    pub city: String,
    pub authority: String,
    pub sender: String,
    pub recipient: String,
    pub transmitted_at: NaiveDateTime,
    pub zone: Tz,
    pub candidates: u32,
    pub due: Option<NaiveDate>,
    pub late: bool,
    pub late_reason: Option<String>,
    pub remarks: Vec<String>,
    pub joined: Vec<String>,
    pub files: Vec<ReceiptFile>,
    /// HMAC of each line of the slip, in its order.
    pub lines: Vec<String>,
    pub made_at: DateTime<Utc>,
}

impl Core {
    /// As it is kept.
    pub fn bytes(&self) -> CommandResult<Vec<u8>> {
        serde_json::to_vec(self).map_err(|error| CommandError::Broken(error.to_string()))
    }

    /// What was kept.
    pub fn read(bytes: &[u8]) -> CommandResult<Self> {
        serde_json::from_slice(bytes).map_err(|error| CommandError::Broken(error.to_string()))
    }

    /// The HMAC of what is kept.
    pub fn hmac(key: &CohortKey, bytes: &[u8]) -> String {
        hexadecimal(&key.digest("delos-receipt-v1", bytes))
    }

    /// The receipt as it is printed.
    pub fn receipt(self, hmac: &str) -> CommandResult<Receipt> {
        let verify = vec![
            format!(
                "Dans Délos, « Vérifier un accusé » demande son numéro ({}) et son code de contrôle : {}.",
                self.number,
                code_of(hmac)
            ),
            "Délos répond si cet accusé est authentique, et pour quelle transmission.".to_owned(),
        ];
        Ok(Receipt {
            number: self.number,
            diploma: self.diploma,
            session: self.session,
            exam: self.exam,
            form: self.form,
            school: format!("{}, {}", self.school, self.city),
            uai: self.uai,
            sender: self.sender,
            role: ROLE.to_owned(),
            recipient: self.recipient,
            transmitted_at: self.transmitted_at,
            zone: self.zone,
            candidates: self.candidates,
            remarks: self.remarks,
            files: self.files,
            whole: digest(hmac)?,
            verify,
            made_at: self.made_at,
        })
    }
}

/// In whose name it is sent.
pub(super) const ROLE: &str = "cheffe ou chef d’établissement";

/// A digest as the papers take it.
pub(super) fn digest(hexadecimal: &str) -> CommandResult<Digest> {
    Digest::try_from(hexadecimal.to_owned()).map_err(|error| CommandError::Broken(error.to_owned()))
}

/// The code that people type of an HMAC: its first digits, by four.
pub(crate) fn code_of(hmac: &str) -> String {
    let digits: Vec<char> = hmac.to_uppercase().chars().take(TYPED).collect();
    let groups: Vec<String> = digits.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join(" ")
}

/// Whether what was typed is the code of an HMAC, or the whole of it: case and blanks do not count.
pub(super) fn is_code(typed: &str, hmac: &str) -> bool {
    let typed: Vec<u8> = typed
        .bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    let known = hmac.as_bytes();
    let length = typed.len();
    if length < TYPED || length > known.len() {
        return false;
    }
    // Every digit is compared, whichever is the first that differs.
    let differ = typed.iter().zip(known).fold(0, |sum, (a, b)| sum | (a ^ b));
    differ == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it_and_no_other_is() {
        let hmac = "80afd0fb1aec28b0f79bd7bb123cc7dc2bc282aaf092ce36664e7e8fca01af2c";
        assert_eq!(code_of(hmac), "80AF D0FB 1AEC 28B0");
        for typed in [
            "80AF D0FB 1AEC 28B0",
            "80afd0fb1aec28b0",
            "80AF-D0FB-1AEC-28B0",
            hmac,
        ] {
            assert!(is_code(typed, hmac), "{typed}");
        }
        let longer = format!("{hmac}0");
        for typed in [
            "",
            "80AF",
            "80AF D0FB 1AEC 28B1",
            "80afd0fb1aec28b",
            &longer,
        ] {
            assert!(!is_code(typed, hmac), "{typed}");
        }
    }
}
