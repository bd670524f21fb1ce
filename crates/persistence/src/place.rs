//! The disk under an embedded file: whether it can be trusted, and how much room is left on it.

use std::path::Path;

use rustix::fs::{FsWord, NFS_SUPER_MAGIC, statfs, statvfs};

use crate::error::{StoreError, corrupt};

/// File systems of another machine, as `statfs` tells them (`linux/magic.h`): locks and `fsync` do not hold there what
/// SQLite's journal stands on.
const ELSEWHERE: &[(FsWord, &str)] = &[
    (NFS_SUPER_MAGIC, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB2"),
];

/// Least room, in bytes, whatever the size of the disk.
const LEAST_BYTES: u64 = 100_000_000;
/// Least room, as a part of the disk: a tenth.
const LEAST_PART: u64 = 10;

/// Room on the disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What can still be written.
    pub free: u64,
    /// The whole disk.
    pub total: u64,
}

impl Room {
    /// Whether it is time to make room: less than a tenth, or than 100 MB.
    pub fn is_low(self) -> bool {
        self.free < LEAST_BYTES || self.free < self.total / LEAST_PART
    }

    /// The room on the disk of a file.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        let disk = statvfs(folder(file)).ok()?;
        Some(Self {
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
            total: disk.f_blocks.saturating_mul(disk.f_frsize),
        })
    }
}

/// Refuses a file that would stand on another machine.
pub(crate) fn assert_local(file: &Path) -> Result<(), StoreError> {
    match statfs(folder(file)) {
        Ok(disk) => assert_file_system(disk.f_type),
        // A folder that is not there is told by whoever opens the file.
        Err(_) => Ok(()),
    }
}

fn assert_file_system(kind: FsWord) -> Result<(), StoreError> {
    match ELSEWHERE.iter().find(|(other, _)| *other == kind) {
        Some((_, name)) => Err(corrupt(format!(
            "the file stands on {name}, a file system of another machine: put it on a local disk, or use PostgreSQL"
        ))),
        None => Ok(()),
    }
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_of_another_machine_is_refused() {
        for (kind, name) in [
            (0x6969, "NFS"),
            (0x517B, "SMB"),
            (0xFF53_4D42, "CIFS"),
            (0xFE53_4D42, "SMB2"),
        ] {
            let said = assert_file_system(kind).unwrap_err().to_string();
            assert!(said.contains(name), "{said}");
        }
        // ext4, xfs, btrfs, tmpfs.
        for kind in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994] {
            assert!(assert_file_system(kind).is_ok(), "{kind:x}");
        }
        assert!(assert_local(Path::new("house.sqlite")).is_ok());
    }

    #[test]
    fn room_is_low_below_a_tenth_or_a_hundred_megabytes() {
        let low = |free, total| Room { free, total }.is_low();
        assert!(low(99_999_999, 500_000_000));
        assert!(!low(100_000_000, 500_000_000));
        assert!(low(9_999_999_999, 100_000_000_000));
        assert!(!low(10_000_000_000, 100_000_000_000));
        let here = Room::of(Path::new("house.sqlite")).unwrap();
        assert!(here.total >= here.free && here.total > 0);
    }
}
