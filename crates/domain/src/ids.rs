//! One newtype an id, so that a school's id never stands where a candidate's should.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )+};
}

ids! {
    /// A session of the exam (the year's).
    SessionId,
    /// A rectorat, or SIEC for its three academies.
    AuthorityId,
    /// A school in one session.
    SchoolId,
    /// The row that holds a person's names and address.
    IdentityId,
    /// A candidate in one session.
    CandidateId,
    /// An examiner in one session.
    ExaminerId,
    /// Somebody who signs in.
    AccountId,
    /// What an account may do, where and until when.
    MandateId,
    /// A plan: the commissions and sittings of one owner, draft or published.
    PlanId,
    /// A commission over one period of days.
    CommissionId,
    /// One day of a commission.
    CommissionDayId,
    /// One planned date of one candidate.
    SittingId,
    /// What a commission enters of one sitting.
    AssessmentId,
    /// What a school or a centre sent to the jury.
    TransmissionId,
    /// A suspicion of fraud.
    SuspicionId,
    /// An absence as it was recorded.
    AbsenceId,
    /// A centre closed by force majeure.
    ClosureId,
    /// A message of the outbox; its Message-ID is made of it.
    MessageId,
    /// A long or unattended piece of work.
    TaskId,
    /// A file handed in, kept until its task has ended.
    StagedFileId,
    /// A group of candidates whose delicate data share one key.
    CohortId,
}
