//! The run over the lines: who asks for each, about what, and whether the answer is the table's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context as _, Result};
use delos_domain::mandate::Role;
use delos_domain::policy::{Asker, OperationName as Op, PHASES, Relation};
use delos_domain::tracks::Phase;

use super::acts::{Done, acts};
use super::asks::{Ask, Probe, Reply, Sight, check_allowed, check_forbidden, check_hidden};
use super::commands;
use super::commissions;
use super::laying;
use super::lines::{self, Answer, Line};
use super::matters::{Matter, NOWHERE, Whose};
use super::requests::{authorities, mail_texts, probes, session, unreached};
use super::surfaces;
use super::transmissions;
use super::world::{FAR_OFFICER, SISTER_HEAD, SUBSTITUTE, World};
use delos_tests::house::Engine;

/// Every line, in the order of the table; those about a candidate phase by phase, for he stands in one at a time.
pub fn every_line_of_the_policy_is_the_answer(engine: Engine) -> Result<()> {
    let start = std::time::Instant::now();
    let Some(world) = laying::lay(engine)? else {
        return Ok(());
    };
    let laid = start.elapsed();
    let all = lines::all()?;
    let mut run = Run {
        world,
        asked: BTreeSet::new(),
        answers: HashMap::new(),
        executed: 0,
        requests: 0,
        faults: BTreeMap::new(),
    };
    for (operation, _) in Op::ALL {
        if operation == Op::ReadMessages {
            let read = run.world.read_messages();
            read.with_context(|| format!("after these faults: {:#?}", run.faults))?;
        }
        if operation == Op::ReadDay {
            let laid = run.world.lay_days();
            laid.with_context(|| format!("after these faults: {:#?}", run.faults))?;
        }
        if operation == Op::ReadCommissionDay {
            let laid = run.world.lay_commissions();
            laid.with_context(|| format!("after these faults: {:#?}", run.faults))?;
        }
        for line in all
            .iter()
            .filter(|line| line.operation == operation && line.phase.is_none())
        {
            if operation == Op::ResetSecondFactor {
                run.world.store.give_factors()?;
            }
            run.line(*line);
        }
        if operation == Op::EditPlan {
            run.world.read_plans()?;
        }
        run.answers.clear();
    }
    for phase in PHASES {
        run.world.put_in_phase(phase)?;
        for line in all.iter().filter(|line| line.phase == Some(phase)) {
            run.line(*line);
        }
        run.answers.clear();
    }
    println!(
        "{engine:?}: {} lines of {} executed by {} requests; laid in {laid:?}, all in {:?}",
        run.executed,
        all.len(),
        run.requests,
        start.elapsed()
    );
    let faults: Vec<String> = run.faults.into_values().collect();
    assert!(
        faults.is_empty(),
        "{} kinds of faults:\n\n{}",
        faults.len(),
        faults.join("\n\n")
    );
    assert_eq!(run.executed, all.len(), "lines that were not executed");
    let left: Vec<_> = surfaces::to_ask().difference(&run.asked).copied().collect();
    assert!(left.is_empty(), "never asked: {left:?}");
    Ok(())
}

struct Run {
    world: World,
    /// What was asked where.
    asked: BTreeSet<(Op, &'static str)>,
    /// Answers to those who were refused before, as long as nothing changes: lines share their requests.
    answers: HashMap<String, Reply>,
    executed: usize,
    requests: usize,
    /// The first fault of each operation, role and relation.
    faults: BTreeMap<String, String>,
}

impl Run {
    /// One line; a wrong answer is noted, not the end.
    fn line(&mut self, line: Line) {
        let outcome = match line.asker {
            Asker::System => commands::execute(&self.world, line),
            Asker::Person(role) => self.person(line, role),
        };
        if let Err(fault) = outcome {
            let key = format!(
                "{} {:?} {:?}",
                line.operation.name(),
                line.asker,
                line.relation
            );
            self.faults
                .entry(key)
                .or_insert_with(|| format!("{line:?}\n{fault:#}"));
        }
        self.executed += 1;
    }

    fn person(&mut self, line: Line, role: Role) -> Result<()> {
        let who = who_asks(line, role);
        let own = self.world.matter(own_of(role))?.clone();
        for whose in about(line, role) {
            if line.answer == Answer::Allow && line.operation == Op::ReopenAssessment {
                let done = self.world.reopen(who, whose)?;
                self.note(line, done)?;
                continue;
            }
            if line.answer == Answer::Allow {
                let mut matter = self.world.matter(whose)?.clone();
                let person = self.world.people.get_mut(who).context("somebody")?;
                let done = acts(line.operation, role, person, &mut matter, &own)?;
                self.world.matters.insert(whose, matter);
                if let Some(done) = done {
                    self.note(line, done)?;
                    continue;
                }
            }
            let matter = self.world.matter(whose)?.clone();
            for probe in self.probes(line, role, &matter, &own)? {
                self.probe(line, who, &probe)
                    .with_context(|| format!("{} of {who} about {whose:?}", probe.place))?;
            }
        }
        Ok(())
    }

    /// What was done is what was allowed.
    fn note(&mut self, line: Line, done: Done) -> Result<()> {
        self.answers.clear();
        self.requests += done.len();
        for (place, reply, mark) in done {
            self.asked.insert((line.operation, place));
            check_allowed(&reply, &mark).context(place)?;
        }
        Ok(())
    }

    fn probes(&self, line: Line, role: Role, matter: &Matter, own: &Matter) -> Result<Vec<Probe>> {
        let whole_session = own_of(role) == Whose::Session;
        let allowed = line.answer == Answer::Allow;
        let far = &self.world.matter(Whose::FarAuthority)?.authority;
        Ok(match line.operation {
            // Who acts for the whole session sees what each authority says otherwise, and nothing of another session;
            // the others see their session, and nothing of what another authority says.
            Op::ReadSession => vec![session(match (allowed, whole_session) {
                (true, false) => &self.world.session,
                (false, true) => &self.world.other_session,
                _ => far,
            })],
            // The house has one list of authorities for all sessions: none lies outside a whole session.
            Op::ReadAuthorities => vec![authorities(match (allowed, whole_session) {
                (true, false) => &own.authority,
                (false, true) => NOWHERE,
                _ => far,
            })],
            // The house has one list of authorities for all sessions.
            Op::ReadWorker if whole_session && !allowed => {
                let nowhere = Matter {
                    authority: NOWHERE.to_owned(),
                    ..Matter::default()
                };
                probes(line.operation, role, &nowhere, own)
            }
            // A text is its authority's, and names nobody; the sittings of the samples are far.
            Op::ReadTexts => {
                let mut all = mail_texts(if allowed { "__typename" } else { far });
                if allowed {
                    "candidate_convocation".clone_into(&mut all[0].mark);
                }
                all
            }
            Op::ReadUnreached if allowed => {
                let mut all = unreached("unreached");
                "candidats-non-joints".clone_into(&mut all[1].mark);
                all
            }
            Op::ReadDay if allowed => {
                let mut all = probes(line.operation, role, matter, own);
                // The dates name nobody; who waits is asked about by the owner of his plan, never by a centre.
                matter.day.clone_into(&mut all[0].mark);
                if matter.form == "PONCTUELLE" {
                    "\"waiting\"".clone_into(&mut all[2].mark);
                }
                all
            }
            Op::ReadCommissionDay if allowed => {
                let mut all = probes(line.operation, role, matter, own);
                matter.day.clone_into(&mut all[0].mark);
                all
            }
            Op::ReadOwnExam | Op::ReadOwnConvocation | Op::AcknowledgeConvocation => {
                own_probes(line, role, matter, own)
            }
            operation => probes(operation, role, matter, own),
        })
    }

    fn probe(&mut self, line: Line, who: &str, probe: &Probe) -> Result<()> {
        self.asked.insert((line.operation, probe.place));
        let mut probe = probe.clone();
        // Of schools, a head of school is refused even the file that is his own.
        if who == SUBSTITUTE && line.operation == Op::ImportSchools {
            let own = self.world.own_schools_file()?.to_owned();
            match &mut probe.ask {
                Ask::Get(path) => *path = format!("/imports/{own}/bad-rows.csv"),
                Ask::Document(_, _, variables) => variables["id"] = own.into(),
                Ask::Upload(..) | Ask::Piece => {}
            }
        }
        let reply = self.reply(line, who, &probe.ask)?;
        match line.answer {
            Answer::Allow => check_allowed(&reply, &probe.mark),
            Answer::Role if probe.place.is_empty() && who != "candidate" => {
                anyhow::ensure!(
                    reply.code().as_deref() == Some("invalid_request") && reply.field().is_null(),
                    "understood: {}",
                    reply.shown()
                );
                Ok(())
            }
            Answer::Role => check_forbidden(&reply),
            Answer::Hidden => {
                let ghost = match &probe.sight {
                    Sight::Named(ghost) | Sight::InFile(ghost) => {
                        Some(self.reply(line, who, ghost)?)
                    }
                    Sight::Among => None,
                };
                check_hidden(&probe, &reply, ghost.as_ref())
            }
        }
    }

    fn reply(&mut self, line: Line, who: &str, ask: &Ask) -> Result<Reply> {
        let key = format!("{who} {ask:?}");
        if line.answer != Answer::Allow
            && let Some(reply) = self.answers.get(&key)
        {
            return Ok(reply.clone());
        }
        self.requests += 1;
        let reply = ask.of(self.world.person(who)?)?;
        if line.answer == Answer::Allow {
            self.answers.clear();
        } else {
            self.answers.insert(key, reply.clone());
        }
        Ok(reply)
    }
}

/// A candidate names nobody: another than himself is not in what he is shown.
fn own_probes(line: Line, role: Role, matter: &Matter, own: &Matter) -> Vec<Probe> {
    let mut all = probes(line.operation, role, matter, own);
    if role != Role::Candidate {
        return all;
    }
    if line.operation == Op::ReadOwnConvocation && line.relation == Relation::Own {
        for probe in &mut all {
            if probe.place == "Query.myExam" {
                // « Mon épreuve » itself is shown; the convocation in it is what this line is about.
                "\"date\"".clone_into(&mut probe.mark);
            }
        }
        // Once he has sat, the screen speaks of what comes next; the paper stays.
        if !matches!(line.phase, Some(Phase::Preparation | Phase::Convoked)) {
            all.retain(|probe| probe.place != "Query.myExam");
        }
    }
    if line.relation == Relation::School {
        for probe in &mut all {
            probe.mark.clone_from(&matter.other_number);
        }
    }
    all
}

/// The person of a role. What changes a plan is allowed to those whose plan is still a draft.
fn who_asks(line: Line, role: Role) -> &'static str {
    let plans = matches!(line.operation, Op::EditPlan | Op::PublishPlan | Op::Convoke);
    match role {
        Role::HeadOfSchool if line.operation == Op::ImportSchools => SUBSTITUTE,
        Role::HeadOfSchool if plans && line.answer == Answer::Allow => SISTER_HEAD,
        Role::AuthorityOfficer if plans && line.answer == Answer::Allow => FAR_OFFICER,
        _ => role.code(),
    }
}

/// What stands inside the perimeter of a role's person.
fn own_of(role: Role) -> Whose {
    match role {
        Role::PlatformAdministrator | Role::NationalReader => Whose::Session,
        Role::AuthorityOfficer
        | Role::ConformityOfficer
        | Role::JuryPresident
        | Role::JuryMember => Whose::Authority,
        Role::HeadOfSchool | Role::CentreStaff | Role::Examiner | Role::Candidate => Whose::School,
    }
}

/// What stands to the asker as the line says; where nothing can, the nearest that is not his: who acts for a whole
/// session has everything of it under `session`, so what is nearest is another session's; a school's own matter is
/// another school's to who has none.
fn about(line: Line, role: Role) -> Vec<Whose> {
    let plans = matches!(line.operation, Op::EditPlan | Op::PublishPlan | Op::Convoke);
    if plans && line.answer == Answer::Allow {
        return vec![match role {
            Role::HeadOfSchool => Whose::SisterSchool,
            _ => Whose::FarAuthority,
        }];
    }
    let of_commissions = commissions::OPERATIONS.contains(&line.operation)
        || transmissions::OPERATIONS.contains(&line.operation);
    if of_commissions && role == Role::Examiner {
        match line.relation {
            Relation::Commission => return vec![Whose::School],
            Relation::School => return vec![Whose::OtherCommission],
            _ => {}
        }
    }
    let of_days = of_commissions
        || matches!(
            line.operation,
            Op::ReadDay | Op::RecordAbsence | Op::ReadAbsencePiece
        );
    if of_days && own_of(role) == Whose::School {
        match line.relation {
            Relation::Centre => return vec![Whose::Hosted],
            // Whatever the authority has takes place in the school of those who ask: the other's does not.
            Relation::Authority => return vec![Whose::FarAuthority],
            _ => {}
        }
    }
    match (own_of(role), line.relation) {
        (Whose::Session, Relation::Session) => vec![Whose::FarAuthority],
        (Whose::Session, _) => vec![Whose::OtherSession],
        (
            Whose::Authority,
            Relation::Own | Relation::School | Relation::Centre | Relation::Commission,
        ) => {
            vec![Whose::FarSchool]
        }
        (_, Relation::Own) if role == Role::Candidate => vec![Whose::School],
        (Whose::Authority, Relation::AuthoritySchool) | (_, Relation::School) => {
            vec![Whose::School]
        }
        (_, Relation::Authority) => vec![Whose::Authority],
        (
            _,
            Relation::Own | Relation::AuthoritySchool | Relation::Centre | Relation::Commission,
        ) => {
            vec![Whose::SisterSchool]
        }
        (_, Relation::Session) => vec![Whose::Session],
        (_, Relation::None) => vec![Whose::FarAuthority, Whose::FarSchool, Whose::OtherSession],
    }
}
