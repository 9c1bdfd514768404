//! One step, done and undone. Each leaves the file whole in exactly one place, whichever call of it is the last.

use crate::disk::{Disk, Facts, Kind};
use crate::hash::{hash_file, hash_into};
use crate::journal::{Act, Before, Step};
use crate::report::{Refusal, RefusalCode};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Folder of what was removed, in a trash; within it a folder for each run.
pub(crate) const FILES: &str = "files";

/// Where the steps of a run take place.
#[derive(Clone, Copy)]
pub(crate) struct Stage<'a> {
    pub(crate) disk: &'a dyn Disk,
    /// Names the run.
    pub(crate) run: &'a str,
    /// The trashes of the run, in the order of its journal.
    pub(crate) trashes: &'a [PathBuf],
}

/// Why a step was not done.
#[derive(Debug)]
pub(crate) struct NotDone {
    pub(crate) refusal: Refusal,
    /// The file could not be brought back to its place: it lies in the trash.
    pub(crate) is_in_trash: bool,
}

/// What became of taking a step back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TakenBack {
    /// Everything is as before the step.
    Restored,
    /// It was so already.
    Already,
    /// Not now, and why; nothing is lost, and it can be tried again.
    Blocked(String),
    /// What the step put into the trash is not there any more, and why that is known.
    Lost(String),
}

fn disk_refused(what: &str, path: &Path, error: &io::Error) -> Refusal {
    let code = if error.kind() == ErrorKind::CrossesDevices { RefusalCode::OtherFileSystem } else { RefusalCode::Disk };
    Refusal::new(code, format!("{what} `{}`: {error}", path.display()))
}

fn has_gone(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

impl Stage<'_> {
    /// Returns the folder of the run in one of its trashes.
    pub(crate) fn folder(&self, trash: usize) -> PathBuf {
        self.trashes.get(trash).map(|trash| trash.join(FILES).join(self.run)).unwrap_or_default()
    }

    /// Returns where a step's file lies in the trash.
    pub(crate) fn in_trash(&self, step: &Step) -> PathBuf {
        self.folder(step.trash).join(&step.name)
    }

    fn beside(&self, step: &Step, ending: &str) -> PathBuf {
        let mut name = std::ffi::OsString::from(&step.name);
        name.push(ending);
        self.folder(step.trash).join(name)
    }

    /// Returns the name under which a file is built beside its place.
    fn building(&self, step: &Step) -> PathBuf {
        step.path.0.with_file_name(format!(".lookalike-{}-{}.part", self.run, step.step))
    }

    /// Gives a file another path. Where the disk says no, it is looked whether that is so: over a network the answer to what was done can be
    /// lost, and the call, sent again, then fails (RFC 1813 §4.5 on requests that are no repeat of themselves).
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let file = self.disk.facts(from)?;
        self.disk.rename(from, to).or_else(|error| {
            let has_left = self.disk.facts(from).is_err_and(|error| has_gone(&error));
            let has_come = self
                .disk
                .facts(to)
                .is_ok_and(|found| (found.inode, found.size_bytes, found.modified_ns) == (file.inode, file.size_bytes, file.modified_ns));
            if has_left && has_come { Ok(()) } else { Err(error) }
        })
    }

    /// Does a step. `text` is what a sidecar will hold.
    pub(crate) fn run(&self, step: &Step, text: &[u8]) -> Result<(), NotDone> {
        let stays = |refusal| NotDone { refusal, is_in_trash: false };
        match step.act {
            Act::Move => self.move_away(step),
            Act::Copy => self.copy_away(step),
            Act::SystemTrash => self
                .disk
                .trash_by_system(&step.path)
                .map_err(|error| stays(disk_refused("the system's trash did not take", &step.path, &error))),
            Act::HardLink | Act::Reflink => self.link(step),
            Act::Sidecar => self.write_sidecar(step, text),
        }
    }

    /// Moves a file to the trash, and back where it is not the one that was looked at.
    fn move_away(&self, step: &Step) -> Result<(), NotDone> {
        let to = self.in_trash(step);
        let stays = |refusal| NotDone { refusal, is_in_trash: false };
        self.rename(&step.path, &to).map_err(|error| stays(disk_refused("cannot move", &step.path, &error)))?;
        let why = match self.disk.facts(&to) {
            Ok(found) if step.before.as_ref().is_some_and(|before| is_as_before(&found, before)) => return Ok(()),
            Ok(_) => Refusal::new(RefusalCode::Changed, format!("`{}` changed in the moment of its move", step.path)),
            Err(error) => disk_refused("cannot look at", &to, &error),
        };
        Err(self.bring_back(step, why))
    }

    fn bring_back(&self, step: &Step, refusal: Refusal) -> NotDone {
        match self.put_back(step) {
            Ok(()) => NotDone { refusal, is_in_trash: false },
            Err(error) => {
                let why = format!("{}; it could not be put back ({error}) and lies in the trash: `lookalike undo`", refusal.why);
                NotDone { refusal: Refusal::new(refusal.code, why), is_in_trash: true }
            }
        }
    }

    /// Brings what lies in the trash back to its place, where nothing stands.
    fn put_back(&self, step: &Step) -> io::Result<()> {
        let trashed = self.in_trash(step);
        match self.rename(&trashed, &step.path) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => self.copy_from(&trashed, step),
            done => done,
        }
    }

    /// Copies what lies in a trash elsewhere to its place, compares, and only then takes it from the trash.
    fn copy_from(&self, trashed: &Path, step: &Step) -> io::Result<()> {
        let building = self.building(step);
        let before = step.before.as_ref().ok_or_else(|| io::Error::other("nothing lay there"))?;
        let placed = self.copy(trashed, &building, before).and_then(|()| self.rename(&building, &step.path));
        placed.inspect_err(|_| self.drop_ours(&building))?;
        if let Some(folder) = step.path.parent() {
            self.disk.sync_folder(folder)?;
        }
        self.disk.unlink(trashed)
    }

    /// Copies a file to a trash elsewhere, compares, and only then takes it from its place.
    fn copy_away(&self, step: &Step) -> Result<(), NotDone> {
        let stays = |refusal| NotDone { refusal, is_in_trash: false };
        let Some(before) = &step.before else { return Err(stays(Refusal::new(RefusalCode::Disk, "a copy of nothing"))) };
        let (to, part) = (self.in_trash(step), self.beside(step, ".part"));
        let copied = self.copy(&step.path, &part, before).and_then(|()| {
            self.rename(&part, &to)?;
            self.disk.sync_folder(&self.folder(step.trash))
        });
        if let Err(error) = copied {
            self.drop_ours(&part);
            self.drop_ours(&to);
            return Err(stays(disk_refused("cannot copy", &step.path, &error)));
        }
        match self.disk.facts(&step.path) {
            Ok(found) if is_as_before(&found, before) => {}
            Ok(_) => {
                self.drop_ours(&to);
                return Err(stays(Refusal::new(RefusalCode::Changed, format!("`{}` changed while it was copied", step.path))));
            }
            Err(error) => {
                // Whether it is still there is not known, and the trash may hold the only copy now.
                return Err(NotDone { refusal: disk_refused("cannot look at", &step.path, &error), is_in_trash: true });
            }
        }
        let Err(error) = self.disk.unlink(&step.path) else { return Ok(()) };
        match self.disk.facts(&step.path) {
            // As with a rename, the answer to what was done can be lost.
            Err(error) if has_gone(&error) => return Ok(()),
            Ok(found) if is_as_before(&found, before) => self.drop_ours(&to),
            _ => {}
        }
        let is_in_trash = !self.disk.facts(&to).is_err_and(|error| has_gone(&error));
        Err(NotDone { refusal: disk_refused("cannot take from its place", &step.path, &error), is_in_trash })
    }

    /// Copies bytes, times, permissions and named attributes to a new file, and compares.
    fn copy(&self, from: &Path, to: &Path, before: &Before) -> io::Result<()> {
        self.drop_ours(to);
        let mut out = self.disk.create(to)?;
        let (hash, size_bytes) = hash_into(&mut *self.disk.open(from)?, Some(&mut *out))?;
        if (hash, size_bytes) != (before.content_hash, before.size_bytes) {
            return Err(io::Error::other("its bytes are others than a moment ago"));
        }
        self.disk.copy_attributes(from, to)?;
        self.disk.set_modified(to, before.modified_ns)?;
        if before.mode != 0 {
            self.disk.set_mode(to, before.mode)?;
        }
        out.sync()?;
        drop(out);
        // What the other disk took is read back before anything depends on it.
        let (hash, _) = hash_file(self.disk, to)?;
        if hash != before.content_hash {
            return Err(io::Error::other("the copy reads back with other bytes"));
        }
        Ok(())
    }

    /// Puts a link of the keeper in the place of a copy. The copy lies in the trash before the link is made.
    fn link(&self, step: &Step) -> Result<(), NotDone> {
        let Some(keeper) = &step.keeper else {
            return Err(NotDone { refusal: Refusal::new(RefusalCode::NotIdentical, "a link to nothing"), is_in_trash: false });
        };
        self.move_away(step)?;
        let building = self.building(step);
        let linked = || -> io::Result<()> {
            if step.act == Act::HardLink {
                self.disk.hard_link(keeper, &building)?;
            } else {
                self.disk.reflink(keeper, &building)?;
                if let Some(before) = &step.before {
                    self.disk.set_modified(&building, before.modified_ns)?;
                    self.disk.set_mode(&building, before.mode)?;
                }
            }
            let (hash, _) = hash_file(self.disk, &building)?;
            if step.before.is_none_or(|before| before.content_hash != hash) {
                return Err(io::Error::other("the keeper's bytes are others than a moment ago"));
            }
            self.rename(&building, &step.path)
        };
        linked().map_err(|error| {
            self.drop_ours(&building);
            self.bring_back(step, disk_refused("cannot put a link at", &step.path, &error))
        })
    }

    /// Writes a sidecar; one that is there goes to the trash first.
    fn write_sidecar(&self, step: &Step, text: &[u8]) -> Result<(), NotDone> {
        let building = self.building(step);
        let built = || -> io::Result<()> {
            self.drop_ours(&building);
            let mut out = self.disk.create(&building)?;
            out.write(text)?;
            let mode = match &step.before {
                Some(before) => before.mode,
                None => self.disk.facts(step.keeper.as_ref().unwrap_or(&step.path)).map_or(0, |keeper| keeper.mode & 0o666),
            };
            if mode != 0 {
                self.disk.set_mode(&building, mode)?;
            }
            out.sync()
        };
        let not_carried = |error: &io::Error| Refusal::new(RefusalCode::NotCarried, format!("cannot write `{}`: {error}", step.path));
        if let Err(error) = built() {
            self.drop_ours(&building);
            return Err(NotDone { refusal: not_carried(&error), is_in_trash: false });
        }
        if step.before.is_some() {
            let moved = match self.move_away(step) {
                Err(NotDone { refusal, is_in_trash: false }) if refusal.code == RefusalCode::OtherFileSystem => self.copy_away(step),
                moved => moved,
            };
            moved.inspect_err(|_| self.drop_ours(&building))?;
        }
        self.rename(&building, &step.path).map_err(|error| {
            self.drop_ours(&building);
            match step.before {
                Some(_) => self.bring_back(step, not_carried(&error)),
                None => NotDone { refusal: not_carried(&error), is_in_trash: false },
            }
        })
    }

    /// Takes away what this room built itself. What cannot be taken away now is met again by an undo.
    fn drop_ours(&self, path: &Path) {
        if self.clear(path).is_err() {
            let _is_no_matter = self.clear(path);
        }
    }

    /// Takes away what this room built itself, where it is there.
    fn clear(&self, path: &Path) -> io::Result<()> {
        match self.disk.unlink(path) {
            Err(error) if !has_gone(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes a step back. Looks at the disk only, so that it works after a crash at any point, and again.
    /// `earlier` is what the file was before earlier steps of the run on it: an undo may have come that far and not have said so.
    pub(crate) fn take_back(&self, step: &Step, earlier: &[Option<Before>]) -> TakenBack {
        let back = match step.act {
            Act::Move => self.move_back(step),
            Act::Copy => self.copy_back(step),
            Act::SystemTrash => self.back_from_system(step),
            Act::HardLink | Act::Reflink => self.unlink_back(step),
            Act::Sidecar => self.sidecar_back(step, earlier),
        };
        back.unwrap_or_else(|error| TakenBack::Blocked(format!("`{}`: {error}", step.path)))
    }

    fn look(&self, path: &Path) -> io::Result<Option<Facts>> {
        match self.disk.facts(path) {
            Ok(found) => Ok(Some(found)),
            Err(error) if has_gone(&error) || error.kind() == ErrorKind::NotADirectory => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Says what it means that the trash does not hold a file.
    fn not_in_trash(&self, step: &Step, at_place: Option<&Facts>) -> TakenBack {
        // What was copied back has another number than before.
        let is_same = if step.act == Act::Copy { is_as_copied } else { is_as_before };
        match (at_place, &step.before) {
            (Some(found), Some(before)) if is_same(found, before) => TakenBack::Already,
            (Some(_), _) => TakenBack::Lost(format!("not in the trash any more; another file stands at `{}`", step.path)),
            (None, _) if self.disk.facts(&self.trashes[step.trash.min(self.trashes.len().saturating_sub(1))]).is_err() => {
                TakenBack::Blocked(format!("its trash `{}` is not there; connect its drive", self.folder(step.trash).display()))
            }
            (None, _) => TakenBack::Lost("not in the trash any more: it was emptied, or the file was moved".to_owned()),
        }
    }

    fn move_back(&self, step: &Step) -> io::Result<TakenBack> {
        let trashed = self.in_trash(step);
        let at_place = self.look(&step.path)?;
        if self.look(&trashed)?.is_none() {
            return Ok(self.not_in_trash(step, at_place.as_ref()));
        }
        if at_place.is_some() {
            return Ok(self.occupied(step));
        }
        self.make_parent(&step.path)?;
        self.rename(&trashed, &step.path)?;
        Ok(TakenBack::Restored)
    }

    fn occupied(&self, step: &Step) -> TakenBack {
        TakenBack::Blocked(format!(
            "another file stands at `{}` now; it stays in the trash as `{}`",
            step.path,
            self.in_trash(step).display()
        ))
    }

    fn copy_back(&self, step: &Step) -> io::Result<TakenBack> {
        let trashed = self.in_trash(step);
        self.clear(&self.beside(step, ".part"))?;
        self.clear(&self.building(step))?;
        let at_place = self.look(&step.path)?;
        let Some(before) = &step.before else { return Ok(TakenBack::Already) };
        if self.look(&trashed)?.is_none() {
            return Ok(self.not_in_trash(step, at_place.as_ref()));
        }
        if let Some(found) = at_place {
            // Copied, and not yet taken from its place; or brought back, and not yet taken from the trash. The same bytes with another time
            // are somebody else's.
            if !is_as_copied(&found, before) || hash_file(self.disk, &step.path)?.0 != before.content_hash {
                return Ok(self.occupied(step));
            }
            self.disk.unlink(&trashed)?;
            return Ok(TakenBack::Restored);
        }
        self.make_parent(&step.path)?;
        if hash_file(self.disk, &trashed)?.0 != before.content_hash {
            return Ok(TakenBack::Blocked(format!("its bytes in the trash (`{}`) are not what was put there", trashed.display())));
        }
        self.copy_from(&trashed, step)?;
        Ok(TakenBack::Restored)
    }

    fn back_from_system(&self, step: &Step) -> io::Result<TakenBack> {
        if let Some(found) = self.look(&step.path)? {
            return Ok(match &step.before {
                Some(before) if is_as_before(&found, before) => TakenBack::Already,
                _ => TakenBack::Blocked(format!("another file stands at `{}` now; look into the system's trash", step.path)),
            });
        }
        self.make_parent(&step.path)?;
        match self.disk.restore_by_system(&step.path) {
            Ok(()) => Ok(TakenBack::Restored),
            Err(error) if has_gone(&error) => Ok(TakenBack::Lost("the system's trash does not hold it any more".to_owned())),
            Err(error) => Ok(TakenBack::Blocked(format!("look into the system's trash for `{}`: {error}", step.path))),
        }
    }

    fn unlink_back(&self, step: &Step) -> io::Result<TakenBack> {
        self.clear(&self.building(step))?;
        let (trashed, aside) = (self.in_trash(step), self.beside(step, ".link"));
        let Some(before) = &step.before else { return Ok(TakenBack::Already) };
        let at_place = self.look(&step.path)?;
        if self.look(&trashed)?.is_none() {
            // A crash may have left the link aside after the photo was back, or before it was; then it goes back itself.
            if at_place.is_none() && self.look(&aside)?.is_some() {
                self.rename(&aside, &step.path)?;
                return Ok(TakenBack::Lost(format!("not in the trash any more; a link with the same bytes stands at `{}`", step.path)));
            }
            self.clear(&aside)?;
            return Ok(match &at_place {
                Some(found) if before.inode != 0 && found.inode != before.inode => {
                    TakenBack::Lost(format!("not in the trash any more; a link with the same bytes stands at `{}`", step.path))
                }
                found => self.not_in_trash(step, found.as_ref()),
            });
        }
        if let Some(found) = at_place {
            let is_ours = found.kind == Kind::File && hash_file(self.disk, &step.path)?.0 == before.content_hash;
            if !is_ours {
                return Ok(self.occupied(step));
            }
            self.clear(&aside)?;
            self.rename(&step.path, &aside)?;
        }
        self.make_parent(&step.path)?;
        self.rename(&trashed, &step.path)?;
        self.clear(&aside)?;
        Ok(TakenBack::Restored)
    }

    fn sidecar_back(&self, step: &Step, earlier: &[Option<Before>]) -> io::Result<TakenBack> {
        self.clear(&self.building(step))?;
        let former = self.in_trash(step);
        self.clear(&self.beside(step, ".part"))?;
        let trashed = self.look(&former)?;
        let found = self.look(&step.path)?;
        let at_place = match found {
            Some(found) if found.kind == Kind::File => Some(hash_file(self.disk, &step.path)?.0),
            Some(_) => return Ok(self.occupied(step)),
            None => None,
        };
        let is_back = |before: &Before| at_place == Some(before.content_hash) && found.is_some_and(|found| is_as_copied(&found, before));
        let is_ours = at_place.is_some() && at_place == step.after;
        let back = match (&step.before, trashed.is_some(), at_place) {
            (None, _, None) => TakenBack::Already,
            (None, _, Some(_)) if is_ours => {
                self.disk.unlink(&step.path)?;
                TakenBack::Restored
            }
            (None, ..) => TakenBack::Blocked(format!("`{}` was changed since it was written; it stays", step.path)),
            (Some(before), true, _) if is_back(before) => {
                // Copied and not yet taken from its place, or brought back and not yet taken from the trash.
                self.disk.unlink(&former)?;
                TakenBack::Restored
            }
            (Some(_), true, Some(_)) if !is_ours => TakenBack::Blocked(format!(
                "`{}` was changed since it was written; what it was before stays in the trash as `{}`",
                step.path,
                former.display()
            )),
            (Some(_), true, found) => {
                if found.is_some() {
                    // Our own text; its hash was compared above.
                    self.disk.unlink(&step.path)?;
                }
                self.make_parent(&step.path)?;
                self.put_back(step)?;
                TakenBack::Restored
            }
            (Some(before), false, _) if is_back(before) => TakenBack::Already,
            // The undo was further, or in the middle of an earlier step: between taking our text away and putting the former back.
            (Some(_), false, None) if !earlier.is_empty() => TakenBack::Already,
            (Some(_), false, found) if earlier.iter().any(|before| before.map(|before| before.content_hash) == found) => TakenBack::Already,
            (Some(_), false, _) => TakenBack::Lost(format!("what `{}` held before is not in the trash any more", step.path)),
        };
        Ok(back)
    }

    /// Makes the folder again in which a file lay, where it is gone.
    fn make_parent(&self, path: &Path) -> io::Result<()> {
        let Some(folder) = path.parent() else { return Ok(()) };
        match self.disk.facts(folder) {
            Err(error) if has_gone(&error) => {
                self.make_parent(folder)?;
                match self.disk.make_folder(folder, false) {
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
                    made => made,
                }
            }
            found => found.map(drop),
        }
    }
}

/// Tells whether a file is the one that was looked at, or a copy of it that we made.
fn is_as_copied(found: &Facts, before: &Before) -> bool {
    is_as_before(found, &Before { inode: 0, ..*before })
}

/// Tells whether a file is still the one that was looked at.
pub(crate) fn is_as_before(found: &Facts, before: &Before) -> bool {
    found.kind == Kind::File
        && (found.size_bytes, found.modified_ns) == (before.size_bytes, before.modified_ns)
        && (before.inode == 0 || found.inode == before.inode)
}
