//! Bytes that may be compressed become bytes that are not, up to a limit.

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::MultiGzDecoder;

/// The first two bytes of a gzip member (RFC 1952 §2.3.1).
const MAGIC: &[u8] = b"\x1f\x8b";

/// Why bytes hold nothing that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPlain {
    /// More of them than is read.
    #[error("more bytes than are read")]
    TooLarge,
    /// A member that is cut short, or whose checksum is not that of its content.
    #[error("a compressed file that is cut short or altered")]
    Damaged,
}

/// The bytes themselves, or what they hold when they are gzip; every member of it (RFC 1952 §2.2).
///
/// Nothing that the file says of its own size is believed: a file of a few kilobytes may claim, or hold, gigabytes. What is
/// read stops one byte beyond `most`.
///
/// # Errors
/// More than `most` bytes, compressed or not; a member that is cut short, or whose checksum is not that of its content.
pub fn inflate(bytes: &[u8], most: usize) -> Result<Cow<'_, [u8]>, NotPlain> {
    if bytes.len() > most {
        return Err(NotPlain::TooLarge);
    }
    if !bytes.starts_with(MAGIC) {
        return Ok(Cow::Borrowed(bytes));
    }
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut held = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut held)
        .map_err(|_| NotPlain::Damaged)?;
    if held.len() > most {
        return Err(NotPlain::TooLarge);
    }
    Ok(Cow::Owned(held))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_is_not_compressed_is_not_copied() {
        assert!(matches!(inflate(b"a;b", 3), Ok(Cow::Borrowed(b"a;b"))));
        assert_eq!(inflate(b"a;b;", 3).unwrap_err(), NotPlain::TooLarge);
    }

    #[test]
    fn what_is_compressed_is_read_whole_members_after_one_another() {
        let two = [gzip(b"a;b\n"), gzip(b"1;2\n")].concat();
        assert_eq!(&*inflate(&two, 100).unwrap(), b"a;b\n1;2\n");
        assert_eq!(&*inflate(&gzip(b""), 100).unwrap(), b"");
    }

    #[test]
    fn a_bomb_is_refused_at_its_limit() {
        let bomb = gzip(&vec![b'0'; 20_000_000]);
        assert!(bomb.len() < 40_000);
        assert_eq!(inflate(&bomb, 1_000_000).unwrap_err(), NotPlain::TooLarge);
        // Exactly the limit is not beyond it.
        let most = 65_536;
        assert_eq!(inflate(&gzip(&vec![b'0'; most]), most).unwrap().len(), most);
    }

    #[test]
    fn a_member_cut_short_or_altered_is_refused_whole() {
        let whole = gzip(b"candidat;commission;note\n1;K;12\n");
        for end in 2..whole.len() {
            assert_eq!(
                inflate(&whole[..end], 1_000).unwrap_err(),
                NotPlain::Damaged,
                "{end}"
            );
        }
        let mut altered = whole;
        let last = altered.len() - 6;
        altered[last] ^= 1;
        assert_eq!(inflate(&altered, 1_000).unwrap_err(), NotPlain::Damaged);
    }
}
