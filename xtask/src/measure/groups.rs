//! Groups as a program tells them: our own `groups --json`, or, of other finders, lists of lists of paths.

use super::Result;
use serde_json::Value;

/// A file in a group, or a further location or companion of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) path: String,
    /// The relation's name; `keeper`; `also-at` for a further location; `live` for a companion; empty where nothing is said.
    pub(crate) relation: String,
    /// `keep`, `remove`, `undecided`, or empty.
    pub(crate) verdict: String,
}

/// Returns the members of each group, further locations and companions among them.
pub(crate) fn members(told: &Value) -> Result<Vec<Vec<Member>>> {
    let own = told.get("groups").and_then(Value::as_array);
    let groups: Vec<&Value> = match (own, told) {
        (Some(groups), _) => groups.iter().collect(),
        (None, Value::Array(groups)) => groups.iter().collect(),
        (None, Value::Object(groups)) => groups.values().collect(),
        _ => return Err("these are no groups".into()),
    };
    groups.into_iter().map(|group| members_of(group, own.is_some())).collect()
}

fn members_of(group: &Value, own: bool) -> Result<Vec<Member>> {
    let listed = group.get("members").unwrap_or(group).as_array().ok_or("a group without members")?;
    let keeper = group.get("keeper").and_then(Value::as_str);
    let mut flat: Vec<&Value> = Vec::new();
    for member in listed {
        match member {
            Value::Array(nested) => flat.extend(nested), // one level more, as some finders write it
            other => flat.push(other),
        }
    }
    let (mut members, mut kept) = (Vec::new(), 0);
    for member in flat {
        let path = path_of(member).ok_or("a member without a path")?;
        let verdict = text(member, "verdict");
        let mut relation = text(member, "relation").to_lowercase();
        if own && Some(path) == keeper {
            kept += usize::from(verdict != "remove");
            relation = "keeper".to_owned();
        }
        let of = |path: &str, relation: &str| Member { path: path.to_owned(), relation: relation.to_owned(), verdict: verdict.clone() };
        members.push(of(path, &relation));
        for (field, relation) in [("also_at", "also-at"), ("companions", "live")] {
            let further = member.get(field).and_then(Value::as_array).into_iter().flatten();
            members.extend(further.filter_map(path_of).map(|path| of(path, relation)));
        }
    }
    if own && kept != 1 {
        return Err(format!("group {}: its keeper is not one kept member", group.get("id").unwrap_or(&Value::Null)).into());
    }
    Ok(members)
}

fn path_of(member: &Value) -> Option<&str> {
    member.as_str().or_else(|| member.get("path")?.as_str())
}

fn text(member: &Value, field: &str) -> String {
    member.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn our_own_groups_have_locations_and_companions() {
        let told = json!({"version": 1, "groups": [{"id": 1, "keeper": "a", "members": [
            {"path": "a", "relation": "keeper", "verdict": "keep", "also_at": ["a2"], "companions": ["a.mov"]},
            {"path": "b", "relation": "thumbnail", "verdict": "remove", "also_at": [], "companions": []}]}]});
        let groups = members(&told).unwrap();
        let seen: Vec<(&str, &str, &str)> =
            groups[0].iter().map(|one| (one.path.as_str(), one.relation.as_str(), one.verdict.as_str())).collect();
        assert_eq!(seen, [("a", "keeper", "keep"), ("a2", "also-at", "keep"), ("a.mov", "live", "keep"), ("b", "thumbnail", "remove")]);
    }

    #[test]
    fn a_group_whose_keeper_goes_is_refused() {
        for member in [json!({"path": "a", "verdict": "remove"}), json!({"path": "b", "verdict": "keep"})] {
            assert!(members(&json!({"groups": [{"id": 1, "keeper": "a", "members": [member]}]})).is_err());
        }
    }

    #[test]
    fn other_finders_list_paths_in_their_own_ways() {
        for told in [json!([["a", "b"]]), json!([[{"path": "a"}, {"path": "b"}]]), json!({"0": ["a", "b"]}), json!([[["a"], ["b"]]])] {
            let paths: Vec<String> = members(&told).unwrap().remove(0).into_iter().map(|one| one.path).collect();
            assert_eq!(paths, ["a", "b"], "{told}");
        }
    }
}
