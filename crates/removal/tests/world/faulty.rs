//! A disk that fails at the n-th call, in the ways that disks do.

use removal::{Disk, Facts, Output, System};
use std::ffi::OsString;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How a disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// That call fails, once; half of what it was to write may be written.
    Once,
    /// That call and all that follow fail: a drive that was pulled, or a process that was killed just before it.
    Dead,
    /// That call is done, and all that follow fail: a process killed just after it.
    DeadAfter,
    /// From that call on nothing can be written or made; moving and taking away still work.
    Full,
    /// From that call on nothing may be changed; looking and reading still work.
    Denied,
    /// That call is done, and said to have failed: a network that lost the answer.
    Lie,
    /// The process is killed in earnest just before that call.
    Kill,
}

/// The disk of this machine, until it fails.
pub struct Faulty {
    pub fault: Fault,
    pub at: u64,
    calls: AtomicU64,
    is_lying: AtomicBool,
    pub syncs: AtomicU64,
    /// Whether a sync waits in earnest. A process that dies loses nothing that it wrote, so that most tests need not wait.
    pub is_waiting: bool,
    /// Lets renames across two folders look like two file systems.
    pub device_of: Option<fn(&Path) -> u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Look,
    Make,
    Change,
}

impl Faulty {
    pub fn new(fault: Fault, at: u64) -> Self {
        Self {
            fault,
            at,
            calls: AtomicU64::new(0),
            is_lying: AtomicBool::new(false),
            syncs: AtomicU64::new(0),
            is_waiting: false,
            device_of: None,
        }
    }

    pub fn sound() -> Self {
        Self::new(Fault::Once, u64::MAX)
    }

    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Tells whether the fault was met.
    pub fn is_met(&self) -> bool {
        self.calls() > self.at
    }

    fn pass(&self, call: Call) -> io::Result<()> {
        let now = self.calls.fetch_add(1, Ordering::SeqCst);
        let is_hit = match self.fault {
            Fault::Once | Fault::Lie => now == self.at,
            Fault::Dead => now >= self.at,
            Fault::DeadAfter => now > self.at,
            Fault::Full => now >= self.at && call == Call::Make,
            Fault::Denied => now >= self.at && call != Call::Look,
            Fault::Kill => {
                if now == self.at {
                    let me = rustix::process::getpid();
                    rustix::process::kill_process(me, rustix::process::Signal::KILL)?;
                }
                false
            }
        };
        let kind = match self.fault {
            Fault::Full => ErrorKind::StorageFull,
            Fault::Denied => ErrorKind::PermissionDenied,
            _ => ErrorKind::Other,
        };
        if is_hit && self.fault == Fault::Lie && call != Call::Look {
            self.is_lying.store(true, Ordering::SeqCst);
            return Ok(());
        }
        if is_hit { Err(io::Error::new(kind, format!("drawn fault at call {now}"))) } else { Ok(()) }
    }

    /// Says that what was done was not, where this is the call to lie about.
    fn answer<T>(&self, done: io::Result<T>) -> io::Result<T> {
        if self.is_lying.swap(false, Ordering::SeqCst) { done.and(Err(io::Error::other("drawn fault: the answer was lost"))) } else { done }
    }

    fn crosses(&self, from: &Path, to: &Path) -> io::Result<()> {
        match self.device_of {
            Some(device) if device(from) != device(to) => Err(ErrorKind::CrossesDevices.into()),
            _ => Ok(()),
        }
    }
}

struct FaultyOutput<'a> {
    inner: Box<dyn Output + Send>,
    disk: &'a Faulty,
}

impl Output for FaultyOutput<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.disk.pass(Call::Make) {
            if self.disk.fault != Fault::DeadAfter && self.disk.calls() == self.disk.at + 1 {
                self.inner.write(&bytes[..bytes.len() / 2])?;
            }
            return Err(error);
        }
        self.disk.answer(self.inner.write(bytes))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.pass(Call::Make)?;
        self.disk.syncs.fetch_add(1, Ordering::SeqCst);
        self.disk.answer(if self.disk.is_waiting { self.inner.sync() } else { Ok(()) })
    }
}

struct FaultyInput<'a> {
    inner: Box<dyn Read + Send>,
    disk: &'a Faulty,
}

impl Read for FaultyInput<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.disk.pass(Call::Look)?;
        self.inner.read(buffer)
    }
}

impl Disk for Faulty {
    fn facts(&self, path: &Path) -> io::Result<Facts> {
        self.pass(Call::Look)?;
        let mut facts = System.facts(path)?;
        if let Some(device) = self.device_of {
            facts.device = device(path);
        }
        Ok(facts)
    }

    fn real(&self, path: &Path) -> io::Result<PathBuf> {
        self.pass(Call::Look)?;
        System.real(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        self.pass(Call::Look)?;
        System.names(folder)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send + '_>> {
        self.pass(Call::Look)?;
        Ok(Box::new(FaultyInput { inner: System.open(path)?, disk: self }))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output + Send + '_>> {
        self.pass(Call::Make)?;
        Ok(Box::new(FaultyOutput { inner: self.answer(System.create(path))?, disk: self }))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Output + Send + '_>> {
        self.pass(Call::Make)?;
        Ok(Box::new(FaultyOutput { inner: self.answer(System.append(path))?, disk: self }))
    }

    fn make_folder(&self, path: &Path, is_private: bool) -> io::Result<()> {
        self.pass(Call::Make)?;
        self.answer(System.make_folder(path, is_private))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.pass(Call::Change)?;
        self.crosses(from, to)?;
        self.answer(System.rename(from, to))
    }

    fn hard_link(&self, file: &Path, name: &Path) -> io::Result<()> {
        self.pass(Call::Make)?;
        self.answer(System.hard_link(file, name))
    }

    fn reflink(&self, file: &Path, name: &Path) -> io::Result<()> {
        self.pass(Call::Make)?;
        // Few file systems can; a copy looks the same to all who do not count blocks.
        let mut bytes = Vec::new();
        System.open(file)?.read_to_end(&mut bytes)?;
        self.answer(System.create(name)?.write(&bytes))
    }

    fn unlink(&self, file: &Path) -> io::Result<()> {
        self.pass(Call::Change)?;
        self.answer(System.unlink(file))
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        self.pass(Call::Change)?;
        self.answer(System.remove_folder(folder))
    }

    fn set_modified(&self, path: &Path, modified_ns: i64) -> io::Result<()> {
        self.pass(Call::Change)?;
        self.answer(System.set_modified(path, modified_ns))
    }

    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        self.pass(Call::Change)?;
        self.answer(System.set_mode(path, mode))
    }

    fn copy_attributes(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.pass(Call::Change)?;
        self.answer(System.copy_attributes(from, to))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.pass(Call::Make)?;
        self.syncs.fetch_add(1, Ordering::SeqCst);
        self.answer(if self.is_waiting { System.sync_folder(folder) } else { Ok(()) })
    }

    fn trash_by_system(&self, file: &Path) -> io::Result<()> {
        self.pass(Call::Change)?;
        self.answer(System.trash_by_system(file))
    }

    fn restore_by_system(&self, file: &Path) -> io::Result<()> {
        self.pass(Call::Change)?;
        self.answer(System.restore_by_system(file))
    }
}
