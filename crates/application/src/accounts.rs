//! Accounts and mandates: given one level down, with an end date, taken back at once.

use chrono::NaiveDate;
use delos_documents::convocation::Words;
use delos_documents::mail::{AccountInvitation, Payload};
use delos_domain::actor::Actor;
use delos_domain::email::EmailAddress;
use delos_domain::ids::{AccountId, IdentityId, MandateId, MessageId, SchoolId};
use delos_domain::mandate::{Mandate, Perimeter, Role, decide_grant};
use delos_domain::scope::{GrantMandate, Scope};
use delos_persistence::accounts::{self, AccountRecord};
use delos_persistence::identities::IdentityRecord;
use delos_persistence::outbox::{self, About, NewMessage};
use delos_persistence::{Transaction, authorities, envelope, journal, schools, sessions};
use uuid::Uuid;

use crate::access_codes::staff_link;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;
use crate::outgoing::Outgoing;

/// A new account with its first mandate.
#[derive(Clone, Debug)]
pub struct CreateAccountInput {
    /// Address: where the one-time link goes, and what is typed to sign in.
    pub email: String,
    /// Nom.
    pub family_name: String,
    /// Prénoms.
    pub given_names: String,
    /// The mandate.
    pub grant: Grant,
}

/// A mandate to give: its perimeter is named by the id of an authority, a school, an examiner or the session.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Role.
    pub role: Role,
    /// Id of what it covers.
    pub perimeter: Uuid,
    /// Last day.
    pub valid_until: NaiveDate,
}

/// Creates an account, gives its mandate, sends the one-time link. An address that has an account receives the mandate.
///
/// # Errors
/// Refuses with `bad_email`, `name_missing`, `own_mandate` for one's own address, or the code of a grant's refusal.
pub async fn create_account(
    context: &Context,
    actor: &Actor,
    input: &CreateAccountInput,
) -> CommandResult<AccountId> {
    retrying(|| create(context, actor, input)).await
}

async fn create(
    context: &Context,
    actor: &Actor,
    input: &CreateAccountInput,
) -> CommandResult<AccountId> {
    let scope = actor.scope::<GrantMandate>(context.today())?;
    let email = EmailAddress::parse(input.email.trim()).map_err(|_| Refusal::new("bad_email"))?;
    let family_name = name(&input.family_name)?;
    let given_names = name(&input.given_names)?;

    let tx = context.db.write().await?;
    let known = accounts::by_login(&tx, email.as_str()).await?;
    let grantee = known.as_ref().map(|account| account.id);
    let mandate = decide(context, &tx, actor, grantee, &input.grant).await?;
    let key = envelope::session_key(&tx, scope.session().0).await?;
    let account = if let Some(account) = known {
        account
    } else {
        let account = AccountRecord {
            id: AccountId(context.ids.next()),
            login: email.to_string(),
            identity: IdentityRecord {
                id: IdentityId(context.ids.next()),
                family_name,
                usage_name: None,
                given_names,
                birth_date: None,
                national_number: None,
                email: Some(email),
            },
            candidate: None,
            password_hash: None,
            disabled: false,
            failures: 0,
            failed_at: None,
            version: 1,
        };
        accounts::insert(&tx, key.id, &account).await?;
        account
    };
    let already = accounts::mandates_of(&tx, &[account.id]).await?;
    if already.iter().any(|one| {
        one.role == mandate.role
            && one.perimeter == mandate.perimeter
            && one.session == mandate.session
            && !one.revoked
    }) {
        return Err(Refusal::new("mandate_exists").into());
    }
    let mandate = Mandate {
        account: account.id,
        ..mandate
    };
    accounts::insert_mandates(&tx, std::slice::from_ref(&mandate), scope.mandate()).await?;
    if account.password_hash.is_none() {
        invite(
            context,
            &tx,
            &scope,
            &account,
            mandate.perimeter,
            mandate.role,
        )
        .await?;
    }
    let line = journal::Line::done(
        context.ids.next(),
        context.now(),
        &scope,
        vec![account.id.0, mandate.id.0],
    );
    journal::add(&tx, line).await?;
    let id = tx.commit(account.id).await?.into_inner();
    context.signals.ring().await;
    context.told(&[Change::Messages(id.0)]);
    Ok(id)
}

/// Gives a mandate to somebody who has an account inside the perimeter.
///
/// # Errors
/// Refuses with the code of a grant's refusal (`own_mandate` among them), or `mandate_exists`.
pub async fn grant_mandate(
    context: &Context,
    actor: &Actor,
    account: AccountId,
    grant: &Grant,
) -> CommandResult<AccountId> {
    retrying(|| grant_once(context, actor, account, grant)).await
}

async fn grant_once(
    context: &Context,
    actor: &Actor,
    account: AccountId,
    grant: &Grant,
) -> CommandResult<AccountId> {
    let scope = actor.scope::<GrantMandate>(context.today())?;
    let tx = context.db.write().await?;
    let account = accounts::inside(&tx, &scope, account)
        .await?
        .ok_or(CommandError::NotFound)?;
    let mandate = Mandate {
        account: account.id,
        ..decide(context, &tx, actor, Some(account.id), grant).await?
    };
    let already = accounts::mandates_of(&tx, &[account.id]).await?;
    if already.iter().any(|one| {
        one.role == mandate.role
            && one.perimeter == mandate.perimeter
            && one.session == mandate.session
            && !one.revoked
    }) {
        return Err(Refusal::new("mandate_exists").into());
    }
    accounts::insert_mandates(&tx, std::slice::from_ref(&mandate), scope.mandate()).await?;
    let line = journal::Line::done(
        context.ids.next(),
        context.now(),
        &scope,
        vec![account.id.0, mandate.id.0],
    );
    journal::add(&tx, line).await?;
    Ok(tx.commit(account.id).await?.into_inner())
}

/// Takes a mandate back: sessions acting under it end at once.
///
/// # Errors
/// Refuses with `own_mandate` and `grant_not_one_level_down`.
pub async fn revoke_mandate(
    context: &Context,
    actor: &Actor,
    id: MandateId,
) -> CommandResult<AccountId> {
    retrying(|| revoke_once(context, actor, id)).await
}

async fn revoke_once(context: &Context, actor: &Actor, id: MandateId) -> CommandResult<AccountId> {
    let scope = actor.scope::<GrantMandate>(context.today())?;
    let tx = context.db.write().await?;
    let mandate = accounts::mandate_inside(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    if Some(mandate.account) == scope.account() {
        return Err(Refusal::new("own_mandate").into());
    }
    if !scope
        .role()
        .is_some_and(|role| role.may_grant().contains(&mandate.role))
    {
        return Err(Refusal::new("grant_not_one_level_down").into());
    }
    accounts::revoke(&tx, &scope, id).await?;
    let line = journal::Line::done(
        context.ids.next(),
        context.now(),
        &scope,
        vec![mandate.account.0, id.0],
    );
    journal::add(&tx, line).await?;
    Ok(tx.commit(mandate.account).await?.into_inner())
}

/// Sends a new one-time link to somebody of the perimeter who lost his, or forgot his password.
pub async fn renew_access(
    context: &Context,
    actor: &Actor,
    account: AccountId,
) -> CommandResult<AccountId> {
    retrying(|| renew_once(context, actor, account)).await
}

async fn renew_once(
    context: &Context,
    actor: &Actor,
    account: AccountId,
) -> CommandResult<AccountId> {
    let scope = actor.scope::<GrantMandate>(context.today())?;
    let tx = context.db.write().await?;
    let account = accounts::inside(&tx, &scope, account)
        .await?
        .ok_or(CommandError::NotFound)?;
    let grantable = scope.role().map(Role::may_grant).unwrap_or_default();
    let mandates = accounts::mandates_of(&tx, &[account.id]).await?;
    let below = mandates
        .iter()
        .rfind(|one| !one.revoked && grantable.contains(&one.role));
    let Some(below) = below else {
        return Err(Refusal::new("grant_not_one_level_down").into());
    };
    invite(context, &tx, &scope, &account, below.perimeter, below.role).await?;
    journal::add(
        &tx,
        journal::Line::done(
            context.ids.next(),
            context.now(),
            &scope,
            vec![account.id.0],
        ),
    )
    .await?;
    let id = tx.commit(account.id).await?.into_inner();
    context.signals.ring().await;
    context.told(&[Change::Messages(id.0)]);
    Ok(id)
}

async fn decide(
    context: &Context,
    tx: &Transaction,
    actor: &Actor,
    grantee: Option<AccountId>,
    grant: &Grant,
) -> CommandResult<Mandate> {
    let own = actor.mandate().ok_or(CommandError::Forbidden)?;
    // What lies outside one's own is told no other way than what does not exist, whatever else is wrong with the grant.
    let perimeter = perimeter_of(tx, own, grant)
        .await?
        .filter(|one| within(own.perimeter, *one))
        .ok_or(CommandError::NotFound)?;
    decide_grant(
        own,
        grantee,
        grant.role,
        perimeter,
        grant.valid_until,
        context.today(),
    )
    .map_err(|refused| Refusal::new(refused.code()))?;
    Ok(Mandate {
        id: MandateId(context.ids.next()),
        account: own.account,
        role: grant.role,
        perimeter,
        session: own.session,
        valid_from: context.today(),
        valid_until: grant.valid_until,
        revoked: false,
    })
}

/// Whether what a grant covers lies inside one's own perimeter; an examiner named by a head is of his school.
fn within(own: Perimeter, asked: Perimeter) -> bool {
    match (own, asked) {
        (Perimeter::School(_, authority), Perimeter::Examiner(_, other)) => authority == other,
        _ => own.holds(asked),
    }
}

/// What the id of a grant names.
async fn perimeter_of(
    tx: &Transaction,
    own: &Mandate,
    grant: &Grant,
) -> CommandResult<Option<Perimeter>> {
    let id = grant.perimeter;
    if id == own.session.0 {
        return Ok(Some(Perimeter::Session));
    }
    if let Some(authority) = authorities::all(tx)
        .await?
        .into_iter()
        .find(|one| one.id.0 == id)
    {
        return Ok(Some(Perimeter::Authority(authority.id)));
    }
    if let Some(school) = schools::by_ids(tx, &[SchoolId(id)])
        .await?
        .into_iter()
        .find(|one| one.session == own.session)
    {
        return Ok(Some(Perimeter::School(
            school.school.id,
            school.school.authority,
        )));
    }
    let examiner = delos_domain::ids::ExaminerId(id);
    let Some((authority, school)) = accounts::examiner_school(tx, own.session, examiner).await?
    else {
        return Ok(None);
    };
    // A head gives mandates to the examiners of his own school.
    match own.perimeter {
        Perimeter::School(own_school, _) if school != Some(own_school) => Ok(None),
        _ => Ok(Some(Perimeter::Examiner(examiner, authority))),
    }
}

/// Puts the invitation's mail with its one-time link; the links sent before no longer serve.
async fn invite(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<GrantMandate>,
    account: &AccountRecord,
    perimeter: Perimeter,
    role: Role,
) -> CommandResult<()> {
    let now = context.now();
    let email = account
        .identity
        .email
        .as_ref()
        .ok_or_else(|| Refusal::new("no_address"))?;
    let session = sessions::by_id(tx, scope.session())
        .await?
        .ok_or(CommandError::NotFound)?;
    let (link, expires_on) = staff_link(context, tx, account.id).await?;
    let id = MessageId(context.ids.next());
    let (authority, school) = match perimeter {
        Perimeter::Authority(a) | Perimeter::Examiner(_, a) | Perimeter::Candidate(_, a) => {
            (Some(a), None)
        }
        Perimeter::School(s, a) => (Some(a), Some(s)),
        Perimeter::Session => (None, None),
    };
    let mut payload = Payload::AccountInvitation(AccountInvitation {
        name: account.identity.full_name(),
        role: role_in_french(role).to_owned(),
        session: session.code,
        link,
        expires_on,
        words: Words::default(),
    });
    let outgoing = Outgoing::load(context, tx, authority).await?;
    outgoing.word(&mut payload);
    let message = NewMessage {
        id,
        about: About {
            session: Some(scope.session()),
            authority,
            school,
            account: Some(account.id),
            ..About::default()
        },
        dedup_key: format!("invitation:{}:{}", account.id, id),
        kind: payload.kind().to_owned(),
        identity: account.identity.id,
        address: Some(email.to_string()),
        subject: payload.subject(),
        payload: payload.to_bytes(),
        series: None,
        revision: 0,
        // Somebody waits for it before a screen: quiet hours do not hold it.
        priority: 0,
        not_before: now,
        created_at: now,
        references: None,
        sitting_at: None,
    };
    Ok(outbox::insert(tx, scope.session(), &[message]).await?)
}

/// The role as people call it.
pub fn role_in_french(role: Role) -> &'static str {
    match role {
        Role::PlatformAdministrator => "administrateur de la plateforme",
        Role::AuthorityOfficer => "gestionnaire du service des examens",
        Role::HeadOfSchool => "chef d’établissement",
        Role::ConformityOfficer => "membre de la commission de conformité",
        Role::Examiner => "examinateur",
        Role::CentreStaff => "personne ressource ou surveillant",
        Role::JuryPresident => "président de jury",
        Role::JuryMember => "membre du jury",
        Role::NationalReader => "inspecteur général",
        Role::Candidate => "candidat",
    }
}

fn name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control) {
        return Err(Refusal::new("name_missing"));
    }
    Ok(text.to_owned())
}
