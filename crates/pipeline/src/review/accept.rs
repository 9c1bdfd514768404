//! Accepting, in a whole list, what may go: first shown with count, bytes and first pictures, then done if the list still holds exactly that.

use super::decide::decided;
use super::list::{member_row, ordered};
use super::{AcceptPreview, Decided, ListQuery, MemberRow, Review, conflict};
use crate::group::regroup;
use crate::{Error, Result};
use catalog::{Catalog, RemovalsPreview};
use model::{AssetId, Relation};

/// Pictures of a preview.
const FIRST_SHOWN: usize = 12;

impl Review {
    /// Returns what accepting the members of these relations in a list would do.
    ///
    /// # Errors
    /// [`Error::User`] without any relation or for an unknown source, [`Error::Catalog`].
    pub fn preview_accept(&self, query: &ListQuery, relations: &[Relation]) -> Result<AcceptPreview> {
        self.reading(|catalog| {
            let view = self.view(catalog, query)?;
            let preview = preview(catalog, &view.ids(), relations)?;
            let first = preview.first.iter().filter_map(|(group, asset)| pair(catalog, *group, *asset).transpose());
            Ok(AcceptPreview {
                groups: preview.groups,
                assets: preview.members,
                size_bytes: preview.size_bytes,
                inheriting: preview.inheriting,
                first: first.collect::<Result<_>>()?,
                token: token(&preview),
            })
        })
    }

    /// Accepts them, as one change that can be undone.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the list does not hold exactly what `token` names any more; as [`preview_accept`](Self::preview_accept).
    pub fn accept(&self, query: &ListQuery, relations: &[Relation], wanted: &str) -> Result<Decided> {
        let now = (self.now)();
        self.writing(|catalog| {
            catalog.transaction(|| {
                let ids = ordered(catalog, query, 0)?.ids();
                let preview = preview(catalog, &ids, relations)?;
                if token(&preview) != wanted {
                    return Err(conflict("the list changed since it was looked at; nothing was done"));
                }
                if preview.members > 0 {
                    let change = catalog.begin_change("accept-all", preview.first.first().map(|(_, asset)| *asset), now)?;
                    catalog.accept_removals(change, &ids, &names(relations)?, now)?;
                }
                Ok(())
            })?;
            // Verdicts are kept; should we end here, the next review forms the groups.
            regroup(catalog)?;
            decided(catalog, &[])
        })
    }
}

fn names(relations: &[Relation]) -> Result<Vec<&'static str>> {
    if relations.is_empty() {
        return Err(Error::user("no relation is chosen", "choose at least one"));
    }
    Ok(relations.iter().map(|relation| relation.name()).collect())
}

fn preview(catalog: &Catalog, groups: &[i64], relations: &[Relation]) -> Result<RemovalsPreview> {
    Ok(catalog.preview_removals(groups, &names(relations)?, FIRST_SHOWN)?)
}

fn token(preview: &RemovalsPreview) -> String {
    format!("{:x}-{:x}", preview.members, preview.token)
}

/// Returns a member with its keeper.
fn pair(catalog: &Catalog, group: i64, asset: AssetId) -> Result<Option<(MemberRow, MemberRow)>> {
    let members = catalog.listed_members(group, usize::MAX >> 1)?;
    let found = members.iter().find(|member| member.asset == asset).zip(members.first());
    Ok(found.map(|(member, keeper)| (member_row(member), member_row(keeper))))
}
