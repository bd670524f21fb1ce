//! A disk of the campaign's own, that can be full: a tmpfs, which only the superuser can mount.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Room at the beginning: more than any campaign fills.
const ROOM: &str = "8g";
/// Bytes beyond which not even one page more is left.
const PAGE: u64 = 4096;

/// A mounted disk.
pub struct Disk {
    /// Where.
    pub folder: PathBuf,
}

impl Disk {
    /// Mounts one; nothing where that is not allowed.
    pub fn mount(folder: &Path, owner: Option<(u32, u32)>) -> Result<Option<Self>> {
        std::fs::create_dir_all(folder)?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={ROOM}"), "tmpfs"])
            .arg(folder)
            .output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            return Ok(None);
        }
        let disk = Self {
            folder: folder.to_owned(),
        };
        if let Some((user, group)) = owner {
            std::os::unix::fs::chown(folder, Some(user), Some(group))?;
        }
        Ok(Some(disk))
    }

    /// Leaves no room: the disk becomes as small as what is on it.
    pub fn fill(&self) -> Result<()> {
        // Something may be freed or written between the question and the answer.
        for _ in 0..20 {
            let used = self.used()?.max(PAGE);
            if self.resize(&used.to_string()).is_ok() {
                return Ok(());
            }
        }
        bail!("the disk does not shrink")
    }

    /// Gives the room back.
    pub fn relieve(&self) -> Result<()> {
        self.resize(ROOM)
    }

    fn used(&self) -> Result<u64> {
        let output = Command::new("df")
            .args(["--block-size=1", "--output=used"])
            .arg(&self.folder)
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let used = text.lines().last().context("df says nothing")?;
        used.trim().parse().context("df")
    }

    fn resize(&self, size: &str) -> Result<()> {
        let output = Command::new("mount")
            .args(["-o", &format!("remount,size={size}")])
            .arg(&self.folder)
            .output()?;
        if !output.status.success() {
            bail!("remount: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    /// Unmounts what a campaign that was cut short left there.
    pub fn forget(folder: &Path) {
        let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
        let name = folder.to_string_lossy();
        if mounts
            .lines()
            .any(|line| line.split(' ').nth(1) == Some(&name))
        {
            let _ = Command::new("umount").args(["--lazy"]).arg(folder).status();
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .args(["--lazy"])
            .arg(&self.folder)
            .status();
    }
}
