//! Pages of print: where letters stand on white, the closer look decides, since the coarse grid sees coding and scaling as a change of tone.

use super::{Judge, either};
use crate::closer::{CloserFault, CloserLook};
use crate::second_look::{Fault, Look};
use crate::thresholds::PAGE_SIDE_MIN;

impl Judge<'_, '_> {
    /// Tells a page of print that coding or scaling made a little darker or less sharp, as the grid sees it, while the closer look agrees.
    pub(super) fn is_print(&mut self, look: &Look) -> bool {
        if !look.may_be_print() {
            return false;
        }
        let Some(closer) = self.page_look(look) else { return false };
        let holds = closer.fault().is_none() && (closer.is_white_page() || !look.faults().contains(&Fault::Tone));
        self.step("print", holds, || {
            let what = closer
                .fault()
                .map_or_else(|| either(holds, "ringing beside print explains it", "the paper is not white"), CloserFault::words);
            format!("{what}: {}", closer.words())
        });
        holds
    }

    /// Tells pages of print large enough that the closer look would see a changed letter, so that it may decide.
    pub(super) fn shows_letters(&self, look: &Look) -> bool {
        self.page_look(look).is_some()
    }

    /// Returns the closer look at two pages with pixels and cells enough for letters; `None` for all else.
    fn page_look(&self, look: &Look) -> Option<CloserLook> {
        if self.a.short_side().min(self.b.short_side()) < PAGE_SIDE_MIN {
            return None;
        }
        self.desk.look_closer(self.a, self.b, look.shown.turn).filter(|closer| closer.is_whole() && closer.is_page())
    }
}
