//! The dates of a session, and which day is inside which of them. Dates are local to each authority.

use chrono::NaiveDate;

/// Every date that a session needs; one that is not given yet is `None`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SessionDates {
    /// Last day to deposit a dossier.
    pub deposit: Option<NaiveDate>,
    /// Period of the CCF.
    pub ccf: Option<CcfPeriod>,
    /// Days of the ponctuelle form, by period.
    pub ponctuelle: Vec<Vec<NaiveDate>>,
    /// Day by which heads of school transmit.
    pub transmission: Option<NaiveDate>,
    /// Day of the harmonisation.
    pub harmonisation: Option<NaiveDate>,
    /// Day of the deliberation.
    pub deliberation: Option<NaiveDate>,
    /// Day of the results.
    pub results: Option<NaiveDate>,
}

/// The period fixed for CCF, and the date after which none may sit (annexe 9, « Période d'évaluation »).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CcfPeriod {
    /// First day.
    pub first: NaiveDate,
    /// Last day.
    pub last: NaiveDate,
    /// The authority's cut-off date: never after it.
    pub cut_off: NaiveDate,
}

/// Why dates do not hold together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DatesFault {
    /// The CCF period ends before it begins.
    CcfBackwards,
    /// The cut-off lies before the end of the CCF period.
    CutOffInsidePeriod,
    /// A period of the ponctuelle form has no day, or its days are not in order.
    PonctuelleOrder,
    /// A day stands in two periods of the ponctuelle form.
    PonctuelleOverlap,
    /// Deposit, transmission, harmonisation, deliberation, results are not in this order.
    StepsOrder,
}

impl DatesFault {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::CcfBackwards => "ccf_backwards",
            Self::CutOffInsidePeriod => "cut_off_inside_period",
            Self::PonctuelleOrder => "ponctuelle_order",
            Self::PonctuelleOverlap => "ponctuelle_overlap",
            Self::StepsOrder => "steps_order",
        }
    }
}

/// Why a day cannot be used in CCF.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CcfDayRefused {
    /// The session has no CCF period yet.
    NoPeriod,
    /// Before the first or after the last day.
    OutsidePeriod,
    /// After the authority's cut-off date.
    AfterCutOff,
}

impl CcfDayRefused {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoPeriod => "ccf_no_period",
            Self::OutsidePeriod => "outside_ccf_period",
            Self::AfterCutOff => "after_cut_off",
        }
    }
}

impl SessionDates {
    /// These dates where given, those of `general` elsewhere.
    #[must_use]
    pub fn over(self, general: &Self) -> Self {
        Self {
            deposit: self.deposit.or(general.deposit),
            ccf: self.ccf.or(general.ccf),
            ponctuelle: if self.ponctuelle.is_empty() {
                general.ponctuelle.clone()
            } else {
                self.ponctuelle
            },
            transmission: self.transmission.or(general.transmission),
            harmonisation: self.harmonisation.or(general.harmonisation),
            deliberation: self.deliberation.or(general.deliberation),
            results: self.results.or(general.results),
        }
    }

    /// Every fault of the dates.
    pub fn faults(&self) -> Vec<DatesFault> {
        let mut faults = Vec::new();
        if let Some(ccf) = self.ccf {
            if ccf.last < ccf.first {
                faults.push(DatesFault::CcfBackwards);
            }
            if ccf.cut_off < ccf.last {
                faults.push(DatesFault::CutOffInsidePeriod);
            }
        }
        if self
            .ponctuelle
            .iter()
            .any(|days| days.is_empty() || !days.is_sorted_by(|a, b| a < b))
        {
            faults.push(DatesFault::PonctuelleOrder);
        }
        let mut days: Vec<_> = self.ponctuelle.iter().flatten().collect();
        days.sort();
        if days.windows(2).any(|pair| pair[0] == pair[1]) {
            faults.push(DatesFault::PonctuelleOverlap);
        }
        let steps = [
            self.deposit,
            self.transmission,
            self.harmonisation,
            self.deliberation,
            self.results,
        ];
        if !steps.iter().flatten().is_sorted() {
            faults.push(DatesFault::StepsOrder);
        }
        faults
    }

    /// Whether a CCF sitting may take place on `day`.
    ///
    /// # Errors
    /// The reason why not.
    pub fn check_ccf_day(&self, day: NaiveDate) -> Result<(), CcfDayRefused> {
        let period = self.ccf.ok_or(CcfDayRefused::NoPeriod)?;
        if day > period.cut_off {
            Err(CcfDayRefused::AfterCutOff)
        } else if day < period.first || day > period.last {
            Err(CcfDayRefused::OutsidePeriod)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn dates() -> SessionDates {
        SessionDates {
            deposit: Some(day("2027-03-19")),
            ccf: Some(CcfPeriod {
                first: day("2027-03-22"),
                last: day("2027-05-07"),
                cut_off: day("2027-05-12"),
            }),
            ponctuelle: vec![vec![day("2027-05-10"), day("2027-05-11")]],
            transmission: Some(day("2027-05-28")),
            ..SessionDates::default()
        }
    }

    #[test]
    fn the_sample_dates_hold() {
        assert_eq!(dates().faults(), []);
    }

    #[test]
    fn each_fault_is_found() {
        let mut d = dates();
        d.ccf = Some(CcfPeriod {
            first: day("2027-05-08"),
            last: day("2027-05-07"),
            cut_off: day("2027-05-06"),
        });
        d.ponctuelle = vec![vec![], vec![day("2027-05-10")], vec![day("2027-05-10")]];
        d.deposit = Some(day("2027-06-30"));
        assert_eq!(
            d.faults(),
            [
                DatesFault::CcfBackwards,
                DatesFault::CutOffInsidePeriod,
                DatesFault::PonctuelleOrder,
                DatesFault::PonctuelleOverlap,
                DatesFault::StepsOrder
            ]
        );
    }

    #[test]
    fn a_ccf_day_lies_in_the_period_and_before_the_cut_off() {
        let d = dates();
        for (text, expected) in [
            ("2027-03-21", Err(CcfDayRefused::OutsidePeriod)),
            ("2027-03-22", Ok(())),
            ("2027-05-07", Ok(())),
            ("2027-05-08", Err(CcfDayRefused::OutsidePeriod)),
            ("2027-05-12", Err(CcfDayRefused::OutsidePeriod)),
            ("2027-05-13", Err(CcfDayRefused::AfterCutOff)),
        ] {
            assert_eq!(d.check_ccf_day(day(text)), expected, "{text}");
        }
        assert_eq!(
            SessionDates::default().check_ccf_day(day("2027-04-01")),
            Err(CcfDayRefused::NoPeriod)
        );
    }

    #[test]
    fn an_authority_differs_only_where_it_says_so() {
        let own = SessionDates {
            transmission: Some(day("2027-05-26")),
            ..SessionDates::default()
        };
        let both = own.over(&dates());
        assert_eq!(both.transmission, Some(day("2027-05-26")));
        assert_eq!(both.deposit, dates().deposit);
        assert_eq!(both.ponctuelle, dates().ponctuelle);
    }
}
