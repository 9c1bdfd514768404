//! What goes on in the background, one at a time: a plan being frozen, a removal, an undo, a search for what is missing. It goes on when the page is closed, and is told to
//! whoever asks; a stop of the program ends it cleanly first.
//!
//! **Invariant:** one plan, one search and one work at most are held; a plan is handed to a removal once.

use crate::missing::MissingFound;
use crate::problem::Problem;
use crate::server::{App, Shared};
use crate::texts::say;
use axum::http::StatusCode;
use pipeline::removal::Plan;
use pipeline::review::{MissingView, PlanView, RemovalOutcome, UndoOutcome};
use pipeline::{MissingAnswer, MissingOptions, Phase, Stop, Watch};
use serde::Serialize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Freeze,
    Remove,
    Undo,
    Missing,
}

impl Kind {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::Freeze, Self::Remove, Self::Undo, Self::Missing];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Remove => "remove",
            Self::Undo => "undo",
            Self::Missing => "missing",
        }
    }
}

/// How a work ended.
#[derive(Debug, Clone)]
pub(crate) enum End {
    Frozen,
    Found,
    Removed(RemovalOutcome),
    Undone(UndoOutcome),
    Failed { code: &'static str, what: String, hint: Option<String> },
}

/// A work that goes on or has ended.
pub(crate) struct Work {
    id: u64,
    kind: Kind,
    began: Instant,
    pub(crate) stop: Stop,
    items: AtomicU64,
    bytes: AtomicU64,
    ahead: Mutex<(Option<u64>, Option<u64>)>,
    end: Mutex<Option<(End, u64)>>,
}

/// The same, as it is told.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WorkView {
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) is_done: bool,
    pub(crate) is_stopping: bool,
    pub(crate) items: u64,
    pub(crate) items_ahead: Option<u64>,
    pub(crate) bytes: u64,
    pub(crate) bytes_ahead: Option<u64>,
    pub(crate) elapsed_ms: u64,
    pub(crate) removed: Option<RemovalOutcome>,
    pub(crate) undone: Option<UndoOutcome>,
    pub(crate) failed: Option<FailedView>,
}

/// What kept a work from its end.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FailedView {
    pub(crate) code: &'static str,
    pub(crate) what: String,
    pub(crate) hint: Option<String>,
}

impl Watch for Work {
    fn begin(&self, _phase: Phase, items: Option<u64>, bytes: Option<u64>) {
        *locked(&self.ahead) = (items, bytes);
        self.reach(0, 0);
    }

    fn reach(&self, items: u64, bytes: u64) {
        self.items.store(items, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    fn note(&self, _words: &str) {}
}

impl Work {
    fn new(id: u64, kind: Kind) -> Self {
        Self {
            id,
            kind,
            began: Instant::now(),
            stop: Stop::default(),
            items: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            ahead: Mutex::default(),
            end: Mutex::default(),
        }
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_done(&self) -> bool {
        locked(&self.end).is_some()
    }

    fn view(&self) -> WorkView {
        let end = locked(&self.end).clone();
        let (items_ahead, bytes_ahead) = *locked(&self.ahead);
        let mut view = WorkView {
            id: self.id,
            kind: self.kind,
            is_done: end.is_some(),
            is_stopping: end.is_none() && self.stop.asked(),
            items: self.items.load(Ordering::Relaxed),
            items_ahead,
            bytes: self.bytes.load(Ordering::Relaxed),
            bytes_ahead,
            elapsed_ms: end.as_ref().map_or_else(|| self.elapsed_ms(), |(_, elapsed_ms)| *elapsed_ms),
            removed: None,
            undone: None,
            failed: None,
        };
        match end.map(|(end, _)| end) {
            None | Some(End::Frozen | End::Found) => {}
            Some(End::Removed(outcome)) => view.removed = Some(outcome),
            Some(End::Undone(outcome)) => view.undone = Some(outcome),
            Some(End::Failed { code, what, hint }) => view.failed = Some(FailedView { code, what, hint }),
        }
        view
    }
}

/// A plan in memory.
#[derive(Clone)]
pub(crate) struct Frozen {
    pub(crate) plan: Arc<Plan>,
    pub(crate) view: PlanView,
}

/// What a search found, in memory.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) answer: Arc<MissingAnswer>,
    pub(crate) found: MissingFound,
}

/// Where work is begun and told.
pub(crate) struct Desk {
    /// The folder of lock and journals.
    pub(crate) state: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    count: u64,
    plan: Option<Frozen>,
    missing: Option<Held>,
    work: Option<Arc<Work>>,
    thread: Option<JoinHandle<()>>,
    is_closed: bool,
}

/// A thread that died left no half-done state behind these locks.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(crate) fn new(state: &Path) -> Self {
        Self { state: state.to_owned(), inner: Mutex::default() }
    }

    /// Returns the plan that is held.
    pub(crate) fn plan(&self) -> Option<Frozen> {
        locked(&self.inner).plan.clone()
    }

    /// Returns the plan of that name.
    pub(crate) fn plan_of(&self, id: &str) -> Result<Frozen, Problem> {
        let other = || Problem::new(StatusCode::CONFLICT, "plan", say("problem.plan"), Some(say("problem.plan.hint").to_owned()));
        self.plan().filter(|held| held.view.id == id).ok_or_else(other)
    }

    /// Returns what goes on, or how the last work ended.
    pub(crate) fn work(&self) -> Option<WorkView> {
        locked(&self.inner).work.as_ref().map(|work| work.view())
    }

    /// Refuses while something goes on.
    pub(crate) fn ensure_idle(&self) -> Result<(), Problem> {
        locked(&self.inner).ensure_idle()
    }

    /// Begins to freeze a plan; the one held is let go first.
    pub(crate) fn freeze(&self, app: &Shared, from_rules: bool) -> Result<WorkView, Problem> {
        let mut inner = locked(&self.inner);
        inner.ensure_idle()?;
        inner.plan = None;
        inner.begin(app, Kind::Freeze, move |app, work| {
            let (plan, view) = app.review.freeze(from_rules, work, &work.stop)?;
            app.desk.keep(Frozen { plan: Arc::new(plan), view });
            Ok(End::Frozen)
        })
    }

    /// Begins to apply the plan of that name. Where the run cannot begin, the plan is held on.
    pub(crate) fn remove(&self, app: &Shared, id: &str) -> Result<WorkView, Problem> {
        let held = self.plan_of(id)?;
        let mut inner = locked(&self.inner);
        inner.ensure_idle()?;
        inner.plan = None;
        inner.begin(app, Kind::Remove, move |app, work| {
            let answer = app.review.remove(&app.desk.state, &held.plan, work, &work.stop);
            match answer {
                Ok(answer) => Ok(End::Removed((&answer).into())),
                Err(error) => {
                    app.desk.keep(held);
                    Err(error)
                }
            }
        })
    }

    /// Begins to take a run back.
    pub(crate) fn take_back(&self, app: &Shared, run: u64) -> Result<WorkView, Problem> {
        let mut inner = locked(&self.inner);
        inner.ensure_idle()?;
        inner.begin(app, Kind::Undo, move |app, work| {
            let answer = app.review.take_back(&app.desk.state, run, work, &work.stop)?;
            Ok(End::Undone((&answer).into()))
        })
    }

    /// Returns what the last search found.
    pub(crate) fn missing(&self) -> Option<Held> {
        locked(&self.inner).missing.clone()
    }

    /// Begins to look for what is missing; what was found before is let go first.
    pub(crate) fn find_missing(&self, app: &Shared, options: MissingOptions) -> Result<WorkView, Problem> {
        let mut inner = locked(&self.inner);
        inner.ensure_idle()?;
        inner.missing = None;
        inner.begin(app, Kind::Missing, move |app, work| {
            let answer = app.review.find_missing(&options, work, &work.stop)?;
            let found = MissingFound { id: work.id, found: MissingView::of(&answer, options.originals) };
            locked(&app.desk.inner).missing = Some(Held { answer: Arc::new(answer), found });
            Ok(End::Found)
        })
    }

    /// Notes in what is held that a photo is left missing on purpose, or no longer.
    pub(crate) fn note_ignored(&self, asset: i64, is_ignored: bool) {
        if let Some(held) = &mut locked(&self.inner).missing {
            let rows = &mut Arc::make_mut(&mut held.answer).rows;
            rows.iter_mut().filter(|row| row.asset == asset).for_each(|row| row.ignored = is_ignored);
        }
    }

    fn keep(&self, held: Frozen) {
        locked(&self.inner).plan = Some(held);
    }

    /// Asks the work of that number to stop: what is begun is ended first.
    pub(crate) fn stop(&self, id: u64) -> Result<WorkView, Problem> {
        let inner = locked(&self.inner);
        let work = inner.work.as_ref().filter(|work| work.id == id && !work.is_done());
        let work = work.ok_or_else(|| Problem::new(StatusCode::CONFLICT, "ended", say("problem.ended"), None))?;
        work.stop.ask();
        Ok(work.view())
    }

    /// Asks for an end, and lets nothing begin any more.
    pub(crate) fn close(&self) {
        let mut inner = locked(&self.inner);
        inner.is_closed = true;
        if let Some(work) = &inner.work {
            work.stop.ask();
        }
    }

    /// Waits until the work has ended, with its journal closed.
    pub(crate) fn wait(&self) {
        self.close();
        let thread = locked(&self.inner).thread.take();
        if let Some(thread) = thread {
            // Whatever ended it is in its outcome.
            drop(thread.join());
        }
    }
}

impl Inner {
    fn ensure_idle(&self) -> Result<(), Problem> {
        if self.is_closed {
            return Err(pipeline::Error::Interrupted.into());
        }
        match &self.work {
            Some(work) if !work.is_done() => {
                let what = crate::texts::of("problem.at-work", work.kind.name());
                Err(Problem::new(StatusCode::CONFLICT, "at-work", what, Some(say("problem.at-work.hint").to_owned())))
            }
            _ => Ok(()),
        }
    }

    fn begin<F>(&mut self, app: &Shared, kind: Kind, body: F) -> Result<WorkView, Problem>
    where
        F: FnOnce(&App, &Work) -> pipeline::Result<End> + Send + 'static,
    {
        self.count += 1;
        let work = Arc::new(Work::new(self.count, kind));
        let (app, at_work) = (Arc::clone(app), Arc::clone(&work));
        let thread = std::thread::Builder::new().name(format!("work {}", kind.name())).spawn(move || {
            let ended = catch_unwind(AssertUnwindSafe(|| body(&app, &at_work)));
            let failed = |problem: Problem| End::Failed { code: problem.code, what: problem.what, hint: problem.hint };
            let end = match ended {
                Ok(Ok(end)) => end,
                Ok(Err(error)) => failed(error.into()),
                Err(_) => failed(Problem::bug("the work died; what was done by then stands in its journal")),
            };
            let elapsed_ms = at_work.elapsed_ms();
            *locked(&at_work.end) = Some((end, elapsed_ms));
        });
        self.thread = Some(thread.map_err(|error| Problem::bug(&format!("the system gives no thread: {error}")))?);
        self.work = Some(Arc::clone(&work));
        Ok(work.view())
    }
}
