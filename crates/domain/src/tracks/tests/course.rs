//! The four tracks together: what each command does at each point of a course, and what one track binds in the others.

use super::assessment::{ONE, OTHER, REASON};
use super::dossier::day;
use super::table::Table;
use crate::regulation::AbsenceConsequence;
use crate::tracks::dossier::{Dates, NotValidReason};
use crate::tracks::{Refused, Tracks};

/// What a command makes of the tracks, and whether a convocation is to be withdrawn.
pub type Done = Result<(Tracks, bool), Refused>;

fn dates(today: &str) -> Dates {
    Dates {
        today: day(today),
        deadline: Some(day("2027-03-31")),
    }
}

const UNTIL: &str = "2027-03-31";
const AFTER: &str = "2027-04-01";

/// A command with its name in the table.
pub type Command = (&'static str, fn(Tracks) -> Result<Tracks, Refused>);

/// Every command but the finding of « non valide », which answers more than tracks. The candidate acts on his dossier
/// until its deadline, the check after it: what other days entail is the dossier's own table.
pub const COMMANDS: [Command; 33] = [
    ("keep_mark", Tracks::keep_mark),
    ("give_up_kept_mark", Tracks::give_up_kept_mark),
    ("deposit", |t| t.deposit(dates(UNTIL))),
    ("withdraw_dossier", |t| t.withdraw_dossier(dates(UNTIL))),
    ("find_compliant", |t| t.find_compliant(dates(AFTER))),
    ("plan", Tracks::plan),
    ("move_sitting", Tracks::move_sitting),
    ("unplan", Tracks::unplan),
    ("convoke", Tracks::convoke),
    ("revise_convocation", Tracks::revise_convocation),
    ("cancel_sitting", Tracks::cancel_sitting),
    ("sit", Tracks::sit),
    ("take_back_interrogation", Tracks::take_back_interrogation),
    ("miss", Tracks::miss),
    ("rule_new_date", |t| {
        t.rule_absence(AbsenceConsequence::NewDate)
    }),
    ("rule_absent", |t| {
        t.rule_absence(AbsenceConsequence::Absent)
    }),
    ("rule_force_majeure", |t| {
        t.rule_absence(AbsenceConsequence::ZeroDiplomaPossible)
    }),
    ("reconsider_absence", |t| t.reconsider_absence(1)),
    ("appear", Tracks::appear),
    ("defer_sitting", Tracks::defer_sitting),
    ("propose_mark", Tracks::propose_mark),
    ("validate_assessment", Tracks::validate_assessment),
    ("complete_visas", Tracks::complete_visas),
    ("reopen_assessment", |t| {
        t.reopen_assessment([ONE, OTHER], REASON)
    }),
    ("consign_assessment", Tracks::consign_assessment),
    ("transmit_assessment", Tracks::transmit_assessment),
    ("harmonise_mark", Tracks::harmonise_mark),
    ("adopt_mark", Tracks::adopt_mark),
    ("publish_mark", Tracks::publish_mark),
    ("release_mark", |t| {
        t.release_mark(day("2027-09-01"), day("2027-07-05"))
    }),
    ("suspect_fraud", Tracks::suspect_fraud),
    ("end_withholding", Tracks::end_withholding),
    ("find_late", |t| {
        t.find_not_valid(NotValidReason::Late, dates(AFTER))
            .map(|found| found.tracks)
    }),
];

/// The finding of « non valide » among the commands.
pub const FIND_NOT_VALID: &str = "find_not_valid";

/// Every name of a command.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = COMMANDS.iter().map(|(name, _)| *name).collect();
    names.push(FIND_NOT_VALID);
    names
}

/// Gives the command of this name.
pub fn give(tracks: Tracks, name: &str) -> Done {
    if name == FIND_NOT_VALID {
        return tracks
            .find_not_valid(NotValidReason::NoDossier, dates(AFTER))
            .map(|found| (found.tracks, found.withdraw_convocation));
    }
    let (_, command) = COMMANDS.iter().find(|(one, _)| *one == name).unwrap();
    command(tracks).map(|tracks| (tracks, false))
}

/// The points of a course: each with the one before it and the command that leads there.
const POINTS: [(&str, &str, &str); 28] = [
    ("deposited", "new", "deposit"),
    ("compliant", "deposited", "find_compliant"),
    ("kept", "new", "keep_mark"),
    ("planned", "new", "plan"),
    ("convoked", "planned", "convoke"),
    ("moved", "convoked", "move_sitting"),
    ("not_valid", "convoked", "find_not_valid"),
    ("absent", "convoked", "miss"),
    ("new_date", "absent", "rule_new_date"),
    ("declared_absent", "absent", "rule_absent"),
    ("zero_proposed", "absent", "rule_force_majeure"),
    ("zero_harmonised", "zero_proposed", "harmonise_mark"),
    ("zero_adopted", "zero_harmonised", "adopt_mark"),
    ("zero_communicable", "zero_adopted", "publish_mark"),
    ("zero_released", "zero_communicable", "release_mark"),
    ("sat", "convoked", "sit"),
    ("proposed", "sat", "propose_mark"),
    ("validated", "proposed", "validate_assessment"),
    ("visas_complete", "validated", "complete_visas"),
    ("consigned", "visas_complete", "consign_assessment"),
    ("transmitted", "consigned", "transmit_assessment"),
    ("harmonised", "transmitted", "harmonise_mark"),
    ("adopted", "harmonised", "adopt_mark"),
    ("communicable", "adopted", "publish_mark"),
    ("released", "communicable", "release_mark"),
    ("suspected", "proposed", "suspect_fraud"),
    ("suspected_late", "adopted", "suspect_fraud"),
    ("reopened", "visas_complete", "reopen_assessment"),
];

/// Lists that come again and again.
const LISTS: [(&str, &str); 9] = [
    (
        "BEFORE",
        "new deposited compliant planned convoked moved absent new_date",
    ),
    (
        "ZERO",
        "zero_proposed zero_harmonised zero_adopted zero_communicable zero_released",
    ),
    ("OPEN", "sat proposed reopened suspected"),
    (
        "JURY",
        "transmitted harmonised adopted communicable released suspected_late",
    ),
    (
        "SAT",
        "sat proposed reopened suspected validated visas_complete consigned transmitted harmonised adopted \
         communicable released suspected_late",
    ),
    (
        "dossier",
        "deposit withdraw_dossier find_compliant find_not_valid find_late",
    ),
    (
        "sitting",
        "plan move_sitting unplan convoke revise_convocation cancel_sitting sit miss rule_new_date rule_absent \
         rule_force_majeure reconsider_absence appear defer_sitting",
    ),
    (
        "sitting_but_reconsider",
        "plan move_sitting unplan convoke revise_convocation cancel_sitting sit miss rule_new_date rule_absent \
         rule_force_majeure appear defer_sitting",
    ),
    (
        "room",
        "take_back_interrogation propose_mark validate_assessment complete_visas reopen_assessment consign_assessment \
         transmit_assessment",
    ),
];

/// What changes, and nothing else does; `-` is nothing.
const TABLE: &str = "
    # A kept mark: nothing is asked of the candidate, who can give it up.
    new deposited compliant   | keep_mark                      | kept=yes
    kept                      | keep_mark                      | !mark_kept
    planned moved             | keep_mark                      | !sitting_already_planned
    convoked                  | keep_mark                      | !sitting_already_convoked
    absent new_date           | keep_mark                      | !sitting_was_absent
    declared_absent {ZERO}    | keep_mark                      | !sitting_absence_ruled
    {SAT}                     | keep_mark                      | !sitting_already_sat
    not_valid                 | keep_mark                      | !not_valid
    kept                      | give_up_kept_mark              | kept=no
    *                         | give_up_kept_mark              | !no_mark_kept

    # The dossier goes its own way beside the sitting: convocation does not wait for conformity.
    kept                      | {dossier}                      | !mark_kept
    compliant not_valid       | {dossier}                      | !dossier_already_checked
    deposited                 | deposit                        | !dossier_already_deposited
    *                         | deposit                        | dossier=deposited
    deposited                 | withdraw_dossier               | dossier=awaited
    deposited                 | find_compliant                 | dossier=compliant
    *                         | withdraw_dossier find_compliant | !dossier_not_deposited

    # Not valid: a live convocation, be it outdated, is withdrawn, and the other tracks are closed.
    deposited                 | find_not_valid find_late       | !dossier_deposited_in_time
    new planned new_date      | find_not_valid                 | dossier=nv_no_dossier sitting=closed/0 assessment=closed mark=closed
    new planned new_date      | find_late                      | dossier=nv_late sitting=closed/0 assessment=closed mark=closed
    convoked moved            | find_not_valid                 | dossier=nv_no_dossier sitting=closed/1 assessment=closed mark=closed withdraw
    absent                    | find_not_valid                 | dossier=nv_no_dossier sitting=closed/1 assessment=closed mark=closed
    convoked moved absent     | find_late                      | dossier=nv_late sitting=closed/1 assessment=closed mark=closed
    {SAT}                     | find_not_valid find_late       | !sitting_already_sat
    declared_absent {ZERO}    | find_not_valid find_late       | !sitting_absence_ruled

    # The sittings: neither the not valid nor who keeps a mark.
    not_valid                 | {sitting}                      | !not_valid
    kept                      | {sitting}                      | !mark_kept
    {SAT}                     | {sitting}                      | !sitting_already_sat
    declared_absent           | reconsider_absence             | sitting=absent/1 assessment=open mark=none
    zero_proposed             | reconsider_absence             | sitting=absent/1 assessment=open mark=none
    zero_harmonised           | reconsider_absence             | !mark_already_harmonised
    zero_adopted              | reconsider_absence             | !mark_already_adopted
    zero_communicable         | reconsider_absence             | !mark_already_published
    zero_released             | reconsider_absence             | !mark_already_released
    new_date new deposited compliant | reconsider_absence      | sitting=absent/1
    absent                    | appear                         | sitting=convoked/1
    planned                   | defer_sitting                  | sitting=new_sitting_due/0
    moved convoked            | defer_sitting                  | !sitting_already_convoked
    absent                    | defer_sitting                  | !sitting_was_absent
    new deposited compliant new_date | defer_sitting           | !sitting_not_planned
    new deposited compliant planned convoked moved new_date | appear | !sitting_not_absent
    planned convoked moved absent | reconsider_absence         | !sitting_not_absent
    declared_absent {ZERO}    | {sitting_but_reconsider}       | !sitting_absence_ruled
    new deposited compliant new_date | plan                    | sitting=planned/0
    planned convoked moved    | plan                           | !sitting_already_planned
    planned moved             | move_sitting                   | -
    convoked                  | move_sitting                   | sitting=planned/1
    planned                   | unplan                         | sitting=unplanned/0
    convoked moved            | unplan                         | !sitting_already_convoked
    planned                   | convoke                        | sitting=convoked/1
    moved                     | convoke                        | sitting=convoked/2
    convoked                  | convoke                        | !sitting_already_convoked
    convoked                  | revise_convocation             | sitting=convoked/2
    convoked                  | sit                            | sitting=sat/1
    convoked                  | miss                           | sitting=absent/1
    planned moved             | revise_convocation sit miss    | !sitting_not_convoked
    planned convoked moved absent | cancel_sitting             | sitting=unplanned/0
    new deposited compliant new_date | move_sitting unplan convoke revise_convocation cancel_sitting sit miss | !sitting_not_planned
    absent                    | plan move_sitting unplan convoke revise_convocation sit miss | !sitting_was_absent

    # The absence: another date, or none and no mark, or a mark 0 that the jury adopts.
    absent                    | rule_new_date                  | sitting=new_sitting_due/0
    absent                    | rule_absent                    | sitting=declared_absent/1 assessment=closed mark=closed
    absent                    | rule_force_majeure             | sitting=force_majeure/1 assessment=closed mark=proposed
    *                         | rule_new_date rule_absent rule_force_majeure | !sitting_not_absent

    # The assessment: of who was interrogated.
    {BEFORE} declared_absent {ZERO} | {room} suspect_fraud     | !not_interrogated
    not_valid                 | {room} suspect_fraud           | !not_valid
    kept                      | {room} suspect_fraud           | !mark_kept
    # Begun by mistake, and nothing came of it.
    sat                       | take_back_interrogation        | sitting=convoked/1
    proposed reopened         | take_back_interrogation        | !mark_already_proposed
    suspected                 | take_back_interrogation        | !result_withheld
    sat                       | propose_mark                   | mark=proposed
    proposed reopened suspected | propose_mark                 | -
    sat                       | validate_assessment            | !mark_missing
    proposed reopened suspected | validate_assessment          | assessment=validated
    validated visas_complete  | take_back_interrogation propose_mark validate_assessment | !assessment_already_validated
    {OPEN}                    | complete_visas consign_assessment transmit_assessment | !assessment_not_validated
    {OPEN}                    | reopen_assessment              | !assessment_already_open
    validated                 | complete_visas                 | assessment=visas_complete
    validated                 | consign_assessment transmit_assessment | !assessment_visas_missing
    validated visas_complete  | reopen_assessment              | assessment=open
    visas_complete            | complete_visas                 | !assessment_visas_already_complete
    visas_complete            | consign_assessment             | assessment=consigned
    visas_complete            | transmit_assessment            | !assessment_not_consigned
    consigned                 | transmit_assessment            | assessment=transmitted
    consigned                 | take_back_interrogation propose_mark validate_assessment complete_visas reopen_assessment consign_assessment | !assessment_already_consigned
    {JURY}                    | {room}                         | !assessment_already_transmitted

    # A suspicion of fraud lets the candidate finish and the jury adopt; nothing is published until it is ruled on.
    communicable released     | suspect_fraud                  | !mark_already_published
    suspected suspected_late  | suspect_fraud                  | !result_withheld
    *                         | suspect_fraud                  | withheld=yes
    suspected suspected_late  | end_withholding                | withheld=no
    *                         | end_withholding                | !not_withheld
    suspected suspected_late  | publish_mark release_mark      | !result_withheld

    # The jury: once it has received the assessment, or when there was nothing to assess.
    {BEFORE} {OPEN} validated visas_complete consigned | harmonise_mark adopt_mark | !not_transmitted
    {BEFORE} sat proposed reopened validated visas_complete consigned | publish_mark release_mark | !not_transmitted
    not_valid                 | harmonise_mark adopt_mark publish_mark release_mark | !not_valid
    kept                      | harmonise_mark adopt_mark publish_mark release_mark | !mark_kept
    declared_absent           | harmonise_mark adopt_mark publish_mark release_mark | !mark_closed
    transmitted zero_proposed | harmonise_mark                 | mark=harmonised
    transmitted zero_proposed | adopt_mark publish_mark release_mark | !mark_not_harmonised
    harmonised zero_harmonised | harmonise_mark                | -
    harmonised zero_harmonised | adopt_mark                    | mark=adopted
    harmonised zero_harmonised | publish_mark release_mark     | !mark_not_adopted
    adopted zero_adopted suspected_late | harmonise_mark adopt_mark | !mark_already_adopted
    adopted zero_adopted      | publish_mark                   | mark=communicable
    adopted zero_adopted      | release_mark                   | !mark_not_published
    communicable zero_communicable | harmonise_mark adopt_mark publish_mark | !mark_already_published
    communicable zero_communicable | release_mark              | mark=released
    released zero_released    | harmonise_mark adopt_mark publish_mark release_mark | !mark_already_released
";

/// Every point of a course with its name, each reached by the commands that lead there.
fn points() -> Vec<(&'static str, Tracks)> {
    let mut points = vec![("new", Tracks::NEW)];
    for (name, before, command) in POINTS {
        let (_, tracks) = points.iter().find(|(one, _)| *one == before).unwrap();
        let (tracks, _) = give(*tracks, command).unwrap();
        points.push((name, tracks));
    }
    points
}

fn table() -> Table {
    let text = LISTS.iter().fold(TABLE.to_owned(), |text, (name, list)| {
        text.replace(&format!("{{{name}}}"), list)
    });
    let states: Vec<_> = points()
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    Table::read(&text, &states, &names())
}

/// What differs, as the table writes it.
fn difference(before: Tracks, after: Tracks, withdraw: bool) -> String {
    let said = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let columns = |tracks: Tracks| {
        let sitting = tracks.sitting();
        [
            ("kept", said(tracks.keeps_mark())),
            ("withheld", said(tracks.is_withheld())),
            ("dossier", tracks.dossier().code().to_owned()),
            (
                "sitting",
                format!("{}/{}", sitting.state().code(), sitting.revision()),
            ),
            ("assessment", tracks.assessment().code().to_owned()),
            ("mark", tracks.mark().code().to_owned()),
        ]
    };
    let mut words: Vec<String> = columns(before)
        .into_iter()
        .zip(columns(after))
        .filter(|(before, after)| before != after)
        .map(|(_, (name, value))| format!("{name}={value}"))
        .collect();
    if withdraw {
        words.push("withdraw".to_owned());
    }
    if words.is_empty() {
        words.push("-".to_owned());
    }
    words.join(" ")
}

#[test]
fn every_command_at_every_point_does_what_the_table_says() {
    let table = table();
    for (point, tracks) in points() {
        for name in names() {
            let outcome = match give(tracks, name) {
                Ok((after, withdraw)) => difference(tracks, after, withdraw),
                Err(refused) => format!("!{}", refused.code()),
            };
            assert_eq!(outcome, table.says(point, name), "{point}, {name}");
        }
    }
}

#[test]
fn every_refusal_of_the_tracks_stands_in_the_table() {
    let table = table();
    for refused in [
        Refused::NotValid,
        Refused::MarkKept,
        Refused::NoMarkKept,
        Refused::NotInterrogated,
        Refused::MarkMissing,
        Refused::NotTransmitted,
        Refused::ResultWithheld,
        Refused::NotWithheld,
    ] {
        let code = refused.code();
        assert!(table.refusals().contains(code), "{code}");
    }
}

#[test]
fn a_finding_says_whether_a_convocation_is_to_be_withdrawn_whatever_its_reason() {
    for (point, tracks) in points() {
        for reason in [NotValidReason::NoDossier, NotValidReason::Late] {
            if let Ok(found) = tracks.find_not_valid(reason, dates(AFTER)) {
                let live = matches!(point, "convoked" | "moved");
                assert_eq!(found.withdraw_convocation, live, "{point}, {reason:?}");
            }
        }
    }
}
