//! Visas: a member puts his to one exact content, and it holds for that content alone.
//!
//! The content becomes bytes here and a digest elsewhere: this crate knows no hash function. The digest should be keyed (an
//! HMAC under the cohort's key): a short appreciation and one of 81 marks are guessed from a plain hash.

use uuid::Uuid;

use crate::appreciation::Written;
use crate::ids::ExaminerId;
use crate::marks::{Mark, Penalty};

/// What a visa covers: observations, appreciation, boxes, penalties and proposal.
#[derive(Clone, Copy, Debug)]
pub struct VisaContent<'a> {
    /// The set of rules that gives the codes their meaning.
    pub regulation: &'a str,
    /// The assessment, so that the visa of one candidate's sheet never passes for that of another's.
    pub assessment: Uuid,
    /// Texts and boxes of the sheet.
    pub written: &'a Written,
    /// The penalties; their order means nothing.
    pub penalties: &'a [Penalty<'a>],
    /// The mark proposed, unrounded. The final mark follows from it, the penalties and the regulation.
    pub proposed: Mark,
}

/// What the bytes begin with. Whatever changes in their making changes the number, and old visas stay checkable by the old
/// making.
const VERSION: &[u8] = b"delos.visa.1";

impl VisaContent<'_> {
    /// The one sequence of bytes of this content, and of no other.
    ///
    /// Every text is preceded by its length and every list by its count, both as eight bytes, most significant first: no
    /// text can end early and be read as the next, which a separator cannot promise of texts that people write. Texts stand
    /// by the order of their codes, penalties likewise, so that what means the same has the same bytes. Nothing is
    /// normalised: a visa is of the characters that stood there.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, VERSION);
        put(&mut bytes, self.regulation.as_bytes());
        put(&mut bytes, self.assessment.as_bytes());
        let texts = self.written.texts();
        count(&mut bytes, texts.len());
        for (code, text) in texts {
            put(&mut bytes, code.as_bytes());
            put(&mut bytes, text.as_bytes());
        }
        let boxes = self.written.boxes();
        count(&mut bytes, boxes.len());
        for code in boxes {
            put(&mut bytes, code.as_bytes());
        }
        let mut penalties: Vec<_> = self
            .penalties
            .iter()
            .map(|one| (one.code, one.points, one.reason))
            .collect();
        penalties.sort_unstable();
        count(&mut bytes, penalties.len());
        for (code, points, reason) in penalties {
            put(&mut bytes, code.as_bytes());
            put(&mut bytes, &[points]);
            put(&mut bytes, reason.as_bytes());
        }
        put(&mut bytes, &[self.proposed.quarters()]);
        bytes
    }
}

fn count(bytes: &mut Vec<u8>, count: usize) {
    // No machine has more than 64 bits of addresses.
    bytes.extend(u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes());
}

fn put(bytes: &mut Vec<u8>, text: &[u8]) {
    count(bytes, text.len());
    bytes.extend(text);
}

/// The digest of a content's bytes, as whoever has the hash function made it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ContentDigest(pub [u8; 32]);

/// A member's visa.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Visa {
    /// Whose it is.
    pub member: ExaminerId,
    /// The content that he saw.
    pub content: ContentDigest,
}

/// Why a visa is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// He is no member of the commission.
    #[error("not a member of the commission")]
    NotMember,
    /// What he saw is no longer what stands there.
    #[error("the content has changed since it was read")]
    ContentChanged,
    /// He has put his visa to this content.
    #[error("this visa is given already")]
    Given,
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotMember => "visa_not_member",
            Self::ContentChanged => "visa_content_changed",
            Self::Given => "visa_given",
        }
    }
}

/// The visa of somebody who saw `seen`, when `content` stands there; it replaces those that he gave to other contents.
///
/// # Errors
/// [`Refused`], in the order of its kinds.
pub fn give(
    members: &[ExaminerId],
    visas: &[Visa],
    member: ExaminerId,
    seen: ContentDigest,
    content: ContentDigest,
) -> Result<Visa, Refused> {
    let visa = Visa { member, content };
    if !members.contains(&member) {
        return Err(Refused::NotMember);
    }
    if seen != content {
        return Err(Refused::ContentChanged);
    }
    if visas.contains(&visa) {
        return Err(Refused::Given);
    }
    Ok(visa)
}

/// The members whose visa of this content is missing, in their order.
pub fn visas_missing(
    members: &[ExaminerId],
    visas: &[Visa],
    content: ContentDigest,
) -> Vec<ExaminerId> {
    members
        .iter()
        .copied()
        .filter(|&member| !visas.contains(&Visa { member, content }))
        .collect()
}

/// Whether every member has put his visa to this content. Nobody's visas are no commission's.
pub fn visas_complete(members: &[ExaminerId], visas: &[Visa], content: ContentDigest) -> bool {
    !members.is_empty() && visas_missing(members, visas, content).is_empty()
}

#[cfg(test)]
mod tests;
