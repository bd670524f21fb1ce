//! Sentences of a decision that go into several messages: why, and what follows. Anybody may read them: never the reason
//! of an absence, never a mark (rules: « What may be communicated »).

/// Why a convocation is withdrawn after an absence that was announced.
pub const ABSENCE_ANNOUNCED: &str = "Votre absence a été enregistrée avant la date de l’épreuve.";
/// Why a candidate is convoked anew after a justified absence.
pub const NEW_DATE_AFTER_ABSENCE: &str =
    "Une nouvelle date vous est donnée après votre absence justifiée.";
/// What follows when a new date is looked for.
pub const NEW_DATE_FOLLOWS: &str =
    "Une nouvelle convocation vous sera adressée. Vous n’avez rien à faire d’ici là.";
/// What follows when a new date is due and none can be found by itself.
pub const NEW_DATE_BY_A_PERSON: &str =
    "Le service qui vous convoque cherche une nouvelle date et prendra contact avec vous.";
/// What follows when no date exists any more.
pub const NO_DATE_FOLLOWS: &str = "Aucune nouvelle convocation ne vous sera adressée. Pour toute question, \
     ou pour remettre un justificatif, écrivez à l’adresse ci-dessous.";
/// The consequence of established force majeure, without the mark.
pub const FORCE_MAJEURE: &str =
    "La force majeure est établie : la délivrance du diplôme reste possible.";
/// What follows established force majeure.
pub const FORCE_MAJEURE_FOLLOWS: &str =
    "Aucune autre date n’est prévue. Le jury est informé de cette décision.";
/// The consequence of an absence that was recorded by error.
pub const ABSENCE_WITHDRAWN: &str =
    "Votre absence avait été enregistrée par erreur : elle est retirée.";
/// What follows it when he was convoked to another date since, and the first is still ahead.
pub const ABSENCE_WITHDRAWN_FIRST_DATE: &str =
    "Une convocation à la date prévue d’abord vous est adressée ; elle remplace les précédentes.";
/// What follows it when he was convoked to another date since, and the first has passed.
pub const ABSENCE_WITHDRAWN_NO_OTHER_DATE: &str = "Votre passage à la date prévue d’abord compte : l’autre date qui vous avait été donnée est annulée.";
/// Why a convocation that an absence had given is withdrawn: the absence was looked at anew.
pub const ABSENCE_REVIEWED: &str = "Votre absence a été revue.";
/// What follows it otherwise.
pub const ABSENCE_WITHDRAWN_FOLLOWS: &str = "Votre convocation reste celle que vous avez reçue.";
/// Why a convocation that was withdrawn holds again.
pub const CONVOKED_AGAIN: &str =
    "L’absence enregistrée par erreur est retirée : vous êtes attendu comme prévu d’abord.";
/// Why the days of a commission change when a candidate has another date.
pub const CANDIDATES_CHANGED: &str = "Le nombre de candidats ou les horaires ont changé.";
/// Why the days of a commission change when a member is replaced.
pub const MEMBERS_CHANGED: &str = "La composition de la commission a changé.";
/// Why sittings are cancelled when a commission has lost a member whom nobody replaces.
pub const EXAMINER_LOST: &str = "La commission ne peut pas siéger à la date prévue.";
/// What is said when a person gives a date.
pub const DATE_CHANGED: &str = "La date de votre épreuve a changé.";

/// Why sittings of a closed centre are cancelled, in the words of whoever closed it.
pub fn centre_closed(reason: &str) -> String {
    format!("Le centre d’examen est fermé à la date prévue : {reason}")
}
/// Why a centre is told of an absence.
pub const ABSENCE_RECORDED: &str = "Une absence a été enregistrée.";
/// Why a centre is told that an absence is withdrawn.
pub const ABSENCE_WITHDRAWN_FOR_CENTRE: &str = "Une absence enregistrée par erreur a été retirée.";
/// Why a centre's day changes, to whoever answers for it.
pub const DATE_CHANGED_FOR_CENTRE: &str = "Des candidats ont une nouvelle date.";
