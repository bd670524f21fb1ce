//! Whether a sitting has begun, on its centre's own clock: a sitting that has begun is never cancelled nor moved.

use std::collections::{BTreeSet, HashMap};

use chrono_tz::Tz;
use delos_domain::calendar::{at_minute, local};
use delos_domain::ids::SchoolId;
use delos_persistence::sittings::DatedSitting;
use delos_persistence::{Access, schools};

use crate::context::Context;
use crate::error::CommandResult;

/// The zones of centres, by their academies.
pub(crate) async fn zones(
    access: &impl Access,
    centres: &[SchoolId],
) -> CommandResult<HashMap<SchoolId, Tz>> {
    let by_academy: HashMap<_, _> = schools::zones(access).await?.into_iter().collect();
    Ok(schools::by_ids(access, centres)
        .await?
        .into_iter()
        .filter_map(|one| Some((one.school.id, *by_academy.get(&one.academy)?)))
        .collect())
}

/// Those of which the hour has not come.
pub(crate) async fn ahead(
    context: &Context,
    access: &impl Access,
    mut sittings: Vec<DatedSitting>,
) -> CommandResult<Vec<DatedSitting>> {
    let centres: BTreeSet<SchoolId> = sittings.iter().map(|one| one.centre).collect();
    let centres: Vec<SchoolId> = centres.into_iter().collect();
    let zones = zones(access, &centres).await?;
    sittings.retain(|one| {
        let zone = zones.get(&one.centre).copied();
        is_ahead(context, one, zone.unwrap_or(chrono_tz::Europe::Paris))
    });
    Ok(sittings)
}

/// Whether the hour of a sitting has not come in this zone.
pub(crate) fn is_ahead(context: &Context, one: &DatedSitting, zone: Tz) -> bool {
    let start = one.starts.first().copied().unwrap_or_default();
    local(context.now(), zone) < at_minute(one.day, start)
}
