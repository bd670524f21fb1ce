//! The rows of the program about who meets whom: teams, and the graph of examiners and schools.

use std::collections::{BTreeMap, BTreeSet};

use good_lp::{Expression, IntoAffineExpression as _, Variable};

use super::program::Program;

impl Program<'_> {
    /// The teams that a school meets, and the parts of the graph of examiners and schools.
    pub(super) fn schools(&mut self) {
        let dated = self.dated;
        for columns in &self.slots {
            for (school, meets) in &columns.meets {
                let mut heard = Expression::default();
                for day in &columns.heard {
                    let of_school = day
                        .iter()
                        .filter(|(group, _)| dated.groups[**group].one.school == Some(*school));
                    heard += of_school.map(|(_, heard)| *heard).sum::<Expression>();
                }
                // A commission that meets it hears one of its candidates at least.
                self.rows.push((*meets).into_expression().leq(heard));
                self.rows.push((*meets).into_expression().leq(columns.held));
            }
        }
        for option in 0..dated.options.len() {
            self.teams(option);
            self.links(option);
        }
    }

    /// No more teams are met than commissions. Nothing keeps a file from a school with candidates of two zones: what
    /// they meet counts together, and is not asked here.
    fn teams(&mut self, option: usize) {
        let dated = self.dated;
        let mut schools: BTreeMap<usize, u32> = BTreeMap::new();
        for one in &dated.problem.candidates {
            if let Some(school) = one.school.filter(|_| one.option == dated.options[option]) {
                *schools.entry(school).or_default() += 1;
            }
        }
        for (school, candidates) in schools {
            let inside = |group: &&super::Group| {
                group.one.option == dated.options[option] && group.one.school == Some(school)
            };
            let inside: u32 = dated
                .groups
                .iter()
                .filter(inside)
                .map(|group| group.count)
                .sum();
            let teams = (candidates / 4).min(2);
            if inside == candidates && teams > 0 {
                let missed = self.whole(teams);
                self.cost += dated.problem.weights.spread * missed;
                let met = self.met(option, |known| known == school);
                self.rows.push((met + missed).geq(f64::from(teams)));
            }
        }
    }

    fn met(&self, option: usize, school: impl Fn(usize) -> bool) -> Expression {
        let slots = self.dated.slots.iter().zip(&self.slots);
        slots
            .filter(|(slot, _)| slot.option == option)
            .flat_map(|(_, columns)| &columns.meets)
            .filter(|(known, _)| school(**known))
            .map(|(_, meets)| *meets)
            .sum()
    }

    /// A graph has at least as many parts as its nodes are more than its links: a commission of m members that meets s
    /// schools is m + s − 1 of them.
    fn links(&mut self, option: usize) {
        let dated = self.dated;
        let groups = dated.groups.iter();
        let here = groups.filter(|group| group.one.option == dated.options[option]);
        let schools: BTreeSet<usize> = here.filter_map(|group| group.one.school).collect();
        let mut nodes = Expression::from(f64::from(super::count(schools.len())));
        let mut links = self.met(option, |_| true);
        for (place, _) in dated.people.iter().enumerate() {
            let slots = dated.slots.iter().zip(&self.slots);
            let sits = slots
                .filter(|(slot, _)| slot.option == option)
                .filter_map(|(_, columns)| columns.sits.get(&place).copied());
            let sits: Vec<Variable> = sits.collect();
            if sits.is_empty() {
                continue;
            }
            let node = self.real(1.0);
            nodes += node;
            for sits in sits {
                self.rows.push(sits.into_expression().leq(node));
                links += sits;
            }
        }
        for (slot, columns) in dated.slots.iter().zip(&self.slots) {
            if slot.option == option {
                links -= columns.held;
            }
        }
        let apart = self.whole(super::count(dated.people.len()));
        self.cost += dated.problem.weights.component * apart;
        self.rows.push((nodes - links - 1.0).leq(apart));
        for centre in 0..dated.centres.len() {
            self.cut(option, centre, apart);
        }
    }

    /// Where commissions sit in a centre and elsewhere, somebody sits in both or a school is met in both, or their parts
    /// are apart.
    fn cut(&mut self, option: usize, centre: usize, apart: Variable) {
        let dated = self.dated;
        let mut sides = [BTreeMap::new(), BTreeMap::new()];
        let used = [self.real(1.0), self.real(1.0)];
        for (slot, columns) in dated.slots.iter().zip(&self.slots) {
            if slot.option != option {
                continue;
            }
            let side = usize::from(slot.centre != Some(centre));
            let sits = columns
                .sits
                .iter()
                .map(|(one, sits)| ((false, *one), *sits));
            let meets = columns.meets.iter();
            let meets = meets.map(|(school, meets)| ((true, *school), *meets));
            for (node, column) in sits.chain(meets) {
                let ends = sides[side].entry(node);
                *ends.or_insert_with(Expression::default) += column;
            }
            let held = columns.held.into_expression();
            let rooms = f64::from(slot.rooms.max(1));
            self.rows.push(held.leq(rooms * used[side]));
            for sits in columns.sits.values() {
                self.rows.push((*sits).into_expression().leq(used[side]));
            }
        }
        let [here, mut there] = sides;
        let mut parts = used[0] + used[1] - 1.0;
        for (node, here) in here {
            if let Some(there) = there.remove(&node) {
                let both = self.real(1.0);
                self.rows.push((both - here).leq(0.0));
                self.rows.push((both - there).leq(0.0));
                parts -= both;
            }
        }
        self.rows.push(parts.leq(apart));
    }
}
