//! Roles, and the mandates under which people act.

use chrono::NaiveDate;

use crate::ids::{AccountId, AuthorityId, CandidateId, ExaminerId, MandateId, SchoolId, SessionId};
use crate::school::{code_of, of_code};

/// What somebody may be in a session (rules.md, « People and places »).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Administrateur de la plateforme: no business data.
    PlatformAdministrator,
    /// Gestionnaire du rectorat ou du SIEC.
    AuthorityOfficer,
    /// Chef d'établissement.
    HeadOfSchool,
    /// Membre de la commission de conformité.
    ConformityOfficer,
    /// Examinateur.
    Examiner,
    /// Personne ressource, surveillant.
    CentreStaff,
    /// Président de jury.
    JuryPresident,
    /// Membre du jury.
    JuryMember,
    /// Inspecteur général.
    NationalReader,
    /// Candidat.
    Candidate,
}

impl Role {
    /// Every role with its stable code.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::PlatformAdministrator, "platform_administrator"),
        (Self::AuthorityOfficer, "authority_officer"),
        (Self::HeadOfSchool, "head_of_school"),
        (Self::ConformityOfficer, "conformity_officer"),
        (Self::Examiner, "examiner"),
        (Self::CentreStaff, "centre_staff"),
        (Self::JuryPresident, "jury_president"),
        (Self::JuryMember, "jury_member"),
        (Self::NationalReader, "national_reader"),
        (Self::Candidate, "candidate"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The role of a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, code)
    }

    /// The roles that this one may give: one level down, never its own.
    pub fn may_grant(self) -> &'static [Role] {
        match self {
            Self::PlatformAdministrator => &[Self::AuthorityOfficer, Self::NationalReader],
            Self::AuthorityOfficer => &[
                Self::HeadOfSchool,
                Self::ConformityOfficer,
                Self::JuryPresident,
                Self::JuryMember,
                // Those whom the authority convokes: members of its own commissions, professionals of no school.
                Self::Examiner,
            ],
            Self::HeadOfSchool => &[Self::CentreStaff, Self::Examiner],
            _ => &[],
        }
    }
}

/// What a mandate covers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Perimeter {
    /// The whole session.
    Session,
    /// One authority.
    Authority(AuthorityId),
    /// One school, and the authority that it belongs to.
    School(SchoolId, AuthorityId),
    /// One examiner: the commissions in which he sits.
    Examiner(ExaminerId, AuthorityId),
    /// One candidate.
    Candidate(CandidateId, AuthorityId),
}

impl Perimeter {
    /// Whether a role goes with this kind of perimeter.
    pub fn fits(self, role: Role) -> bool {
        match role {
            Role::PlatformAdministrator | Role::NationalReader => self == Self::Session,
            Role::AuthorityOfficer
            | Role::ConformityOfficer
            | Role::JuryPresident
            | Role::JuryMember => {
                matches!(self, Self::Authority(_))
            }
            Role::HeadOfSchool | Role::CentreStaff => matches!(self, Self::School(..)),
            Role::Examiner => matches!(self, Self::Examiner(..)),
            Role::Candidate => matches!(self, Self::Candidate(..)),
        }
    }

    /// Whether everything in `other` is inside this perimeter.
    pub fn holds(self, other: Self) -> bool {
        match (self, other) {
            (Self::Session, _) => true,
            (
                Self::Authority(own),
                Self::Authority(a)
                | Self::School(_, a)
                | Self::Examiner(_, a)
                | Self::Candidate(_, a),
            ) => own == a,
            // Whether an examiner or a candidate is of the school is for the store to say: it knows the rows.
            _ => self == other,
        }
    }
}

/// What an account may do, where and until when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mandate {
    /// Its id.
    pub id: MandateId,
    /// Whose it is.
    pub account: AccountId,
    /// The role.
    pub role: Role,
    /// The perimeter.
    pub perimeter: Perimeter,
    /// The session.
    pub session: SessionId,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_until: NaiveDate,
    /// Whether it was taken back.
    pub revoked: bool,
}

impl Mandate {
    /// Whether it can be acted under on `today`.
    pub fn holds_on(&self, today: NaiveDate) -> bool {
        !self.revoked && self.valid_from <= today && today <= self.valid_until
    }
}

/// Why a mandate is not given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GrantRefused {
    /// A person would give it to himself: by it he would reach what his own role keeps from him.
    OwnMandate,
    /// The role is not one level below.
    NotOneLevelDown,
    /// The role does not go with this kind of perimeter.
    PerimeterMismatch,
    /// The perimeter is not inside one's own.
    OutsidePerimeter,
    /// The end date has passed, or lies more than two years ahead.
    EndDate,
}

impl GrantRefused {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::OwnMandate => "own_mandate",
            Self::NotOneLevelDown => "grant_not_one_level_down",
            Self::PerimeterMismatch => "grant_perimeter_mismatch",
            Self::OutsidePerimeter => "grant_outside_perimeter",
            Self::EndDate => "grant_end_date",
        }
    }
}

/// Whether the holder of `own` may give `role` over `perimeter` until `valid_until` to `grantee`, who is none while he
/// has no account: then he is somebody else. Never to himself, whatever the role: a platform administrator, who reads no
/// business data, would otherwise make himself an officer and read all of them.
///
/// # Errors
/// The reason why not.
pub fn decide_grant(
    own: &Mandate,
    grantee: Option<AccountId>,
    role: Role,
    perimeter: Perimeter,
    valid_until: NaiveDate,
    today: NaiveDate,
) -> Result<(), GrantRefused> {
    if grantee == Some(own.account) {
        return Err(GrantRefused::OwnMandate);
    }
    if !own.role.may_grant().contains(&role) {
        return Err(GrantRefused::NotOneLevelDown);
    }
    if !perimeter.fits(role) {
        return Err(GrantRefused::PerimeterMismatch);
    }
    let inside = match (own.perimeter, perimeter) {
        (Perimeter::School(_, authority), Perimeter::Examiner(_, a)) => authority == a,
        (own, other) => own.holds(other),
    };
    if !inside {
        return Err(GrantRefused::OutsidePerimeter);
    }
    if valid_until < today || valid_until > today + chrono::Days::new(731) {
        return Err(GrantRefused::EndDate);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn mandate(role: Role, perimeter: Perimeter) -> Mandate {
        Mandate {
            id: MandateId(Uuid::from_u128(1)),
            account: AccountId(Uuid::from_u128(2)),
            role,
            perimeter,
            session: SessionId(Uuid::from_u128(3)),
            valid_from: day("2026-09-01"),
            valid_until: day("2027-08-31"),
            revoked: false,
        }
    }

    const DIJON: AuthorityId = AuthorityId(Uuid::from_u128(10));
    const REUNION: AuthorityId = AuthorityId(Uuid::from_u128(11));
    const SCHOOL: SchoolId = SchoolId(Uuid::from_u128(20));
    /// Somebody else than the holder of [`mandate`].
    const SOMEBODY: Option<AccountId> = Some(AccountId(Uuid::from_u128(40)));

    #[test]
    fn codes_read_back() {
        for (role, code) in Role::ALL {
            assert_eq!((role.code(), Role::from_code(code)), (code, Some(role)));
        }
    }

    #[test]
    fn a_mandate_holds_between_its_dates_unless_revoked() {
        let mut m = mandate(Role::NationalReader, Perimeter::Session);
        for (text, expected) in [
            ("2026-08-31", false),
            ("2026-09-01", true),
            ("2027-08-31", true),
            ("2027-09-01", false),
        ] {
            assert_eq!(m.holds_on(day(text)), expected, "{text}");
        }
        m.revoked = true;
        assert!(!m.holds_on(day("2027-01-01")));
    }

    #[test]
    fn nobody_grants_his_own_role_or_above() {
        for (role, _) in Role::ALL {
            assert!(!role.may_grant().contains(&role));
            for below in role.may_grant() {
                assert!(!below.may_grant().contains(&role));
            }
        }
    }

    #[test]
    fn a_grant_goes_one_level_down_inside_the_perimeter() {
        let today = day("2026-11-24");
        let until = day("2027-08-31");
        let officer = mandate(Role::AuthorityOfficer, Perimeter::Authority(DIJON));
        let school = Perimeter::School(SCHOOL, DIJON);
        let table = [
            (Role::HeadOfSchool, school, until, Ok(())),
            (Role::HeadOfSchool, school, today, Ok(())),
            (Role::HeadOfSchool, school, day("2028-11-24"), Ok(())),
            (
                Role::JuryPresident,
                Perimeter::Authority(DIJON),
                until,
                Ok(()),
            ),
            (
                Role::HeadOfSchool,
                Perimeter::School(SCHOOL, REUNION),
                until,
                Err(GrantRefused::OutsidePerimeter),
            ),
            (
                Role::JuryPresident,
                Perimeter::Authority(REUNION),
                until,
                Err(GrantRefused::OutsidePerimeter),
            ),
            (
                Role::AuthorityOfficer,
                Perimeter::Authority(DIJON),
                until,
                Err(GrantRefused::NotOneLevelDown),
            ),
            (
                Role::CentreStaff,
                school,
                until,
                Err(GrantRefused::NotOneLevelDown),
            ),
            (
                Role::HeadOfSchool,
                Perimeter::Authority(DIJON),
                until,
                Err(GrantRefused::PerimeterMismatch),
            ),
            (
                Role::HeadOfSchool,
                school,
                day("2026-11-23"),
                Err(GrantRefused::EndDate),
            ),
            (
                Role::HeadOfSchool,
                school,
                day("2028-11-25"),
                Err(GrantRefused::EndDate),
            ),
        ];
        for (role, perimeter, until, expected) in table {
            assert_eq!(
                decide_grant(&officer, SOMEBODY, role, perimeter, until, today),
                expected,
                "{role:?} {perimeter:?} {until}"
            );
        }
        let head = mandate(Role::HeadOfSchool, school);
        let examiner = |a| Perimeter::Examiner(ExaminerId(Uuid::from_u128(30)), a);
        assert_eq!(
            decide_grant(&head, SOMEBODY, Role::CentreStaff, school, until, today),
            Ok(())
        );
        assert_eq!(
            decide_grant(
                &head,
                SOMEBODY,
                Role::Examiner,
                examiner(DIJON),
                until,
                today
            ),
            Ok(())
        );
        assert_eq!(
            decide_grant(
                &head,
                SOMEBODY,
                Role::Examiner,
                examiner(REUNION),
                until,
                today
            ),
            Err(GrantRefused::OutsidePerimeter)
        );
    }

    #[test]
    fn nobody_grants_himself_anything_at_all() {
        let today = day("2026-11-24");
        let until = day("2027-08-31");
        let school = Perimeter::School(SCHOOL, DIJON);
        for (own, below, perimeter) in [
            (
                mandate(Role::PlatformAdministrator, Perimeter::Session),
                Role::AuthorityOfficer,
                Perimeter::Authority(DIJON),
            ),
            (
                mandate(Role::AuthorityOfficer, Perimeter::Authority(DIJON)),
                Role::HeadOfSchool,
                school,
            ),
            (
                mandate(Role::HeadOfSchool, school),
                Role::CentreStaff,
                school,
            ),
        ] {
            let decide = |grantee, role| decide_grant(&own, grantee, role, perimeter, until, today);
            let himself = Some(own.account);
            assert_eq!(
                decide(himself, below),
                Err(GrantRefused::OwnMandate),
                "{own:?}"
            );
            // It is told before anything else that would be wrong.
            assert_eq!(
                decide(himself, own.role),
                Err(GrantRefused::OwnMandate),
                "{own:?}"
            );
            assert_eq!(decide(SOMEBODY, below), Ok(()), "{own:?}");
            assert_eq!(decide(None, below), Ok(()), "{own:?}");
        }
    }

    #[test]
    fn every_refusal_has_its_code() {
        for (refused, code) in [
            (GrantRefused::OwnMandate, "own_mandate"),
            (GrantRefused::NotOneLevelDown, "grant_not_one_level_down"),
            (GrantRefused::PerimeterMismatch, "grant_perimeter_mismatch"),
            (GrantRefused::OutsidePerimeter, "grant_outside_perimeter"),
            (GrantRefused::EndDate, "grant_end_date"),
        ] {
            assert_eq!(refused.code(), code);
        }
    }

    #[test]
    fn every_role_fits_exactly_one_kind_of_perimeter() {
        let candidate = CandidateId(Uuid::from_u128(31));
        let kinds = [
            Perimeter::Session,
            Perimeter::Authority(DIJON),
            Perimeter::School(SCHOOL, DIJON),
            Perimeter::Examiner(ExaminerId(Uuid::from_u128(30)), DIJON),
            Perimeter::Candidate(candidate, DIJON),
        ];
        for (role, _) in Role::ALL {
            assert_eq!(
                kinds.iter().filter(|kind| kind.fits(role)).count(),
                1,
                "{role:?}"
            );
        }
    }
}
