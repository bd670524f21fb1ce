//! The rules, one by one.

use chrono::NaiveDate;
use delos_domain::candidate::Form;
use delos_domain::regulation::OfOption;

use super::ground::Prepares;
use super::{About, Check, Rule, counts, times};

/// The rule of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// Every rule. C4, M8, O2 and S0 are the platform's: the exchange format cannot say what they look at. D1 is its reader's
/// there, which refuses a day that is not of the commission's period.
pub static RULES: &[Rule] = &[
    Rule {
        code: "C1",
        says: "La commission siège dans un centre d’examen de ce planning.",
        source: "annexe II.D, 3.2",
        check: Check::Plan(|ground, say| {
            for place in &ground.nowhere {
                let centre = ground.plan.commissions[*place].centre;
                say((*place, None), About::Centre(centre));
            }
        }),
    },
    Rule {
        code: "C2",
        says: "Le centre est ouvert chaque jour où la commission y prépare ou y interroge.",
        source: "annexe 9",
        check: Check::Date(|team, date| team.centre.closed.contains(&date)),
    },
    Rule {
        code: "C3",
        says: "Le centre a assez d’environnements pour toutes les commissions qui y siègent à la fois.",
        source: "annexe 9-4",
        check: Check::Plan(counts::environments),
    },
    Rule {
        code: "C4",
        says: "Les environnements du centre que tient un autre planning publié ne servent pas.",
        source: "annexe 9-4",
        check: Check::Plan(counts::environments_taken),
    },
    Rule {
        code: "M1",
        says: "La commission compte assez de membres, tous différents, dont assez d’enseignants et de professionnels.",
        source: "annexe II.D",
        check: Check::Team(counts::is_ill_composed),
    },
    Rule {
        code: "M2",
        says: "Chaque membre est un examinateur de ce planning.",
        source: "annexe II.D",
        check: Check::Plan(|ground, say| {
            for team in &ground.teams {
                for key in &team.unknown {
                    say((team.place, None), About::Examiner(*key));
                }
            }
        }),
    },
    Rule {
        code: "M3",
        says: "Assez de membres enseignent dans l’option de la commission.",
        source: "annexe II.D",
        check: Check::Team(|problem, team| {
            let option = team.commission.option;
            let members = team.members.iter();
            let of_option = members.filter(|one| one.options.contains(&option)).count();
            of_option
                < match problem.composition.of_option {
                    OfOption::All => team.commission.members.len(),
                    OfOption::AtLeast(n) => usize::from(n),
                }
        }),
    },
    Rule {
        code: "M4",
        says: "Chaque membre est disponible tous les jours où la commission prépare ou interroge.",
        source: "planification",
        check: Check::MemberDate(|_, member, date| member.unavailable.contains(&date)),
    },
    Rule {
        code: "M5",
        says: "Un examinateur siège dans une seule commission par période.",
        source: "annexe 9-4",
        check: Check::Plan(counts::periods),
    },
    Rule {
        code: "M6",
        says: "Un examinateur ne siège pas dans plus de périodes qu’il n’en accepte.",
        source: "planification",
        check: Check::Plan(counts::loads),
    },
    Rule {
        code: "M7",
        says: "Un examinateur siège dans sa zone : son académie, ou le ressort du SIEC.",
        source: "planification",
        check: Check::Member(|team, member| member.zone != team.centre.zone),
    },
    Rule {
        code: "M8",
        says: "Un examinateur que tient un autre planning publié ne siège pas ce jour-là.",
        source: "planification",
        check: Check::MemberDate(|problem, member, date| {
            problem.taken.examiners.contains(&(member.key, date))
        }),
    },
    Rule {
        code: "D0",
        says: "La commission ne compte pas deux fois le même jour.",
        source: "planification",
        check: Check::Team(|_, team| {
            let dates = |place: usize| team.days[place].day.date;
            (1..team.days.len()).any(|place| dates(place - 1) == dates(place))
        }),
    },
    Rule {
        code: "D1",
        says: "Les jours d’interrogation de la commission sont d’une même période.",
        source: "annexe 9-4",
        check: Check::Team(|problem, team| {
            let together = |period: &Vec<NaiveDate>| {
                let mut days = team.days.iter();
                days.all(|held| period.contains(&held.day.date))
            };
            // What a head of school makes by hand in CCF sits on any days that follow each other.
            problem.form == Form::Ponctuelle
                && team.commission.fixed.is_none()
                && !team.days.is_empty()
                && !problem.periods.iter().any(together)
        }),
    },
    Rule {
        code: "K1",
        says: "Une commission entend au plus trois candidats après sa demi-journée de préparation et cinq un autre jour, ou ce que son modèle de période permet ; un sixième seulement si l’autorité l’a décidé.",
        source: "annexes 9 et 9-4",
        check: Check::Day(|problem, team, held| {
            let most = team.line(held).map_or(0, |line| {
                usize::from(if problem.sixth {
                    line.hard_max
                } else {
                    line.max
                })
            });
            held.day.slots.len() > most
        }),
    },
    Rule {
        code: "P1",
        says: "La commission prépare une demi-journée avant d’entendre son premier candidat.",
        source: "annexes 9 et 9-4",
        check: Check::Day(|_, team, held| {
            held.first
                && match team.prepares {
                    Prepares::Never => false,
                    Prepares::First => held.day.preparation.is_none(),
                    Prepares::Alone(day) => day.is_none(),
                }
        }),
    },
    Rule {
        code: "P2",
        says: "Aucun candidat ne commence avant la fin de la demi-journée de préparation.",
        source: "annexe 9-4",
        check: Check::Times(|_, held, times| {
            held.preparation.is_some_and(|(_, end)| times.chain.0 < end)
        }),
    },
    Rule {
        code: "P3",
        says: "La demi-journée de préparation se tient aux heures d’ouverture.",
        source: "annexe 9-4",
        check: Check::Day(|problem, team, held| {
            let rules = &problem.rules;
            let early = |start: Option<u16>| start.is_some_and(|start| start < rules.open);
            held.first
                && match team.prepares {
                    Prepares::Never => false,
                    Prepares::First => early(held.day.preparation),
                    Prepares::Alone(day) => {
                        let start = day.and_then(|day| day.preparation);
                        let close = u32::from(rules.close);
                        early(start)
                            || start.is_some_and(|start| {
                                u32::from(start) + u32::from(rules.preparation) > close
                            })
                    }
                }
        }),
    },
    Rule {
        code: "L1",
        says: "La pause se tient dans sa plage.",
        source: "annexe 9-4",
        check: Check::Day(|_, _, held| !held.lunch_fits),
    },
    Rule {
        code: "L2",
        says: "Aucun candidat n’est en épreuve pendant la pause.",
        source: "annexe 9-4",
        check: Check::Times(|_, held, times| {
            times.chain.0 < held.lunch.1 && times.chain.1 > held.lunch.0
        }),
    },
    Rule {
        code: "X0",
        says: "Chaque candidat entendu est un candidat de ce planning.",
        source: "planification",
        check: Check::Plan(counts::unknown),
    },
    Rule {
        code: "X1",
        says: "Un candidat est entendu une seule fois.",
        source: "planification",
        check: Check::Plan(counts::candidates),
    },
    Rule {
        code: "X2",
        says: "Un candidat est entendu par une commission de son option.",
        source: "annexe II.D",
        check: Check::Candidate(|_, team, _, heard| {
            heard.candidate.option != team.commission.option
        }),
    },
    Rule {
        code: "X3",
        says: "Un candidat est disponible le jour où il passe.",
        source: "planification",
        check: Check::Candidate(|_, _, held, heard| {
            heard.candidate.unavailable.contains(&held.day.date)
        }),
    },
    Rule {
        code: "X4",
        says: "Un candidat passe dans sa zone : son académie, ou le ressort du SIEC.",
        source: "planification",
        check: Check::Candidate(|_, team, _, heard| heard.candidate.zone != team.centre.zone),
    },
    Rule {
        code: "I1",
        says: "En forme ponctuelle, aucun membre n’est de l’établissement du candidat.",
        source: "planification",
        check: Check::Candidate(|problem, team, _, heard| {
            let school = heard.candidate.school;
            !problem.composition.own_school
                && school.is_some()
                && team.members.iter().any(|one| one.school == school)
        }),
    },
    Rule {
        code: "I2",
        says: "En forme ponctuelle, aucun membre n’a le candidat pour élève.",
        source: "planification",
        check: Check::Candidate(|problem, team, _, heard| {
            let teachers = &heard.candidate.teachers;
            let mut members = team.members.iter();
            !problem.composition.own_school && members.any(|one| teachers.contains(&one.key))
        }),
    },
    Rule {
        code: "I3",
        says: "Aucun membre ne s’est récusé pour le candidat.",
        source: "planification",
        check: Check::Candidate(|_, team, _, heard| {
            let key = heard.candidate.key;
            team.members.iter().any(|one| one.conflicts.contains(&key))
        }),
    },
    Rule {
        code: "A1",
        says: "Le centre est accessible au candidat qui en a besoin.",
        source: "planification",
        check: Check::Candidate(|_, team, _, heard| {
            heard.candidate.needs_access && !team.centre.accessible
        }),
    },
    Rule {
        code: "O1",
        says: "Un candidat dont l’établissement est un centre y passe, sauf s’il est fermé un jour de la commission ou ne lui est pas accessible.",
        source: "annexe 9",
        check: Check::Candidate(|problem, team, _, heard| {
            problem.own_centre && !heard.candidate.displaced && counts::could_stay(team, heard)
        }),
    },
    Rule {
        code: "O2",
        says: "En contrôle en cours de formation, un candidat passe dans son établissement, sauf force majeure.",
        source: "annexe 9",
        check: Check::Candidate(|problem, team, _, heard| {
            let school = heard.candidate.school;
            problem.form == Form::Ccf
                && !heard.candidate.displaced
                && school.is_some_and(|school| school != team.centre.key)
        }),
    },
    Rule {
        code: "S0",
        says: "Chaque phase du candidat a son heure.",
        source: "annexe 9-4",
        check: Check::Candidate(|_, _, _, heard| heard.times.is_none()),
    },
    Rule {
        code: "S1",
        says: "Le premier entretien suit aussitôt la préparation sur table.",
        source: "annexe 9-4",
        check: Check::Times(|problem, _, times| {
            let mut steps = times.steps(problem).filter(|step| !step.is_realisation());
            steps.any(|step| step.first && step.next != step.due())
        }),
    },
    Rule {
        code: "S2",
        says: "La réalisation suit aussitôt le premier entretien.",
        source: "annexe 9-4",
        check: Check::Times(|problem, _, times| {
            let mut steps = times.steps(problem).filter(|step| !step.is_realisation());
            steps.any(|step| !step.first && step.next != step.due())
        }),
    },
    Rule {
        code: "S3",
        says: "La recette commence quand la marge qui suit la réalisation est écoulée.",
        source: "annexe 9-4, note 4",
        check: Check::Times(|problem, _, times| {
            let mut steps = times.steps(problem).filter(times::Step::is_realisation);
            steps.any(|step| step.next != step.due())
        }),
    },
    Rule {
        code: "S4",
        says: "La recette ne commence ni avant la fin de la réalisation ni après la marge.",
        source: "annexe 9-4, note 4",
        check: Check::Times(|problem, _, times| {
            let mut steps = times.steps(problem).filter(times::Step::is_realisation);
            steps.any(|step| step.next < step.end || step.next > step.due())
        }),
    },
    Rule {
        code: "S5",
        says: "La commission délibère après la recette.",
        source: "annexe 9-4",
        check: Check::Times(|problem, _, times| {
            let mut floating = times.floating(problem);
            floating.any(|(start, _)| start < times.chain.1)
        }),
    },
    Rule {
        code: "S6",
        says: "Les passages tiennent dans les heures d’ouverture.",
        source: "annexe 9-4",
        check: Check::Times(|problem, _, times| {
            times.chain.0 < u32::from(problem.rules.open)
                || times.end(problem) > u32::from(problem.rules.close)
        }),
    },
    Rule {
        code: "S7",
        says: "Les candidats commencent à une heure de la grille.",
        source: "planification",
        check: Check::Times(|problem, _, times| {
            times.chain.0 % u32::from(problem.rules.grid.max(1)) != 0
        }),
    },
    Rule {
        code: "V1",
        says: "Un candidat travaille sur un des environnements de la commission.",
        source: "annexe 9-4",
        check: Check::Candidate(|problem, _, _, heard| {
            let most = problem.rules.environments;
            most > 0
                && problem.course.phases.iter().any(|one| one.environment)
                && !heard
                    .slot
                    .environment
                    .is_some_and(|number| (1..=most).contains(&number))
        }),
    },
    Rule {
        code: "V2",
        says: "Un environnement sert à un seul candidat à la fois.",
        source: "annexe 9-4",
        check: Check::Day(|_, _, held| times::is_shared(held)),
    },
    Rule {
        code: "B1",
        says: "La commission fait une seule chose à la fois : préparation, pause, entretien, délibération.",
        source: "annexe 9-4",
        check: Check::Day(|problem, _, held| times::is_torn(problem, held)),
    },
];
