//! Until when the documents of an assessment are kept in the school.
//!
//! Annexe 9 (session 2024): « conservés dans l’établissement pendant un an » after the end of the training; in CCF the
//! definition of the épreuve (annexe II.D) keeps them at the jury's disposal until the following session: the later of both.
//! They are public archives: after that date they are listed for the archives service, never destroyed by the house
//! (code du patrimoine, R212-14).

use chrono::{Months, NaiveDate};

use crate::candidate::Form;

/// The last day on which a candidate's documents must be there; none while nothing says when it is.
///
/// Our reading of « jusqu’à la session suivante »: to the end of the year of the following session, so that no date of that
/// session, which nobody has fixed yet, is needed.
pub fn keep_until(
    end_of_training: Option<NaiveDate>,
    form: Form,
    session_year: i32,
) -> Option<NaiveDate> {
    let after_training = end_of_training.and_then(|end| end.checked_add_months(Months::new(12)));
    let next_session = match form {
        Form::Ccf => NaiveDate::from_ymd_opt(session_year.checked_add(1)?, 12, 31),
        Form::Ponctuelle => None,
    };
    after_training.max(next_session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_both_counts() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        for (end, form, kept) in [
            (day("2027-06-30"), Form::Ccf, day("2028-12-31")),
            // An apprentice who goes on after the session.
            (day("2028-08-31"), Form::Ccf, day("2029-08-31")),
            (None, Form::Ccf, day("2028-12-31")),
            (day("2027-06-30"), Form::Ponctuelle, day("2028-06-30")),
            (day("2028-02-29"), Form::Ponctuelle, day("2029-02-28")),
            (None, Form::Ponctuelle, None),
        ] {
            assert_eq!(keep_until(end, form, 2027), kept, "{end:?} {form:?}");
        }
    }
}
