create table session (
    id {uuid} primary key,
    code text not null unique,
    regulation text not null,
    version bigint not null
)

create table authority (
    id {uuid} primary key,
    code text not null unique,
    name text not null,
    contact_email text
)

create table academy (
    code text primary key,
    name text not null,
    timezone text not null,
    authority_id {uuid} not null references authority (id)
)

create table session_dates (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} references authority (id),
    deposit date,
    ccf_first date,
    ccf_last date,
    ccf_cut_off date,
    ponctuelle text not null,
    transmission date,
    harmonisation date,
    deliberation date,
    results date,
    version bigint not null
)

create unique index session_dates_general on session_dates (session_id) where authority_id is null

create unique index session_dates_authority on session_dates (session_id, authority_id) where authority_id is not null

create table cohort (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    wrapped_key {bytes} not null,
    created_at {instant} not null
)

create table identity (
    id {uuid} primary key,
    cohort_id {uuid} not null references cohort (id),
    family_name text not null,
    usage_name text,
    given_names text not null,
    birth_date date,
    national_number text,
    email text,
    version bigint not null
)

create table school (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    academy_code text not null references academy (code),
    uai text not null,
    name text not null,
    address text not null,
    postal_code text not null,
    city text not null,
    kind text not null,
    ccf_habilitated boolean not null,
    is_centre boolean not null,
    environments bigint not null,
    accessible boolean not null,
    email text,
    head_name text,
    head_email text,
    version bigint not null,
    unique (session_id, uai)
)

create table examiner (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    academy_code text not null references academy (code),
    school_id {uuid} references school (id),
    identity_id {uuid} not null references identity (id),
    identifier text not null,
    professional boolean not null,
    sisr boolean not null,
    slam boolean not null,
    unavailable text not null,
    max_periods bigint,
    version bigint not null,
    unique (session_id, identifier)
)

create index examiner_school on examiner (school_id)

create table candidate (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    academy_code text not null references academy (code),
    school_id {uuid} references school (id),
    identity_id {uuid} not null references identity (id),
    number text not null,
    option_code text not null check (option_code in ('SISR', 'SLAM')),
    status text not null,
    form text not null check (form in ('ccf', 'ponctuelle')),
    preparation_numerator bigint not null,
    preparation_denominator bigint not null,
    interview_numerator bigint not null,
    interview_denominator bigint not null,
    needs_access boolean not null,
    keeps_mark boolean not null,
    end_of_training date,
    dossier_state text not null,
    sitting_state text not null,
    assessment_state text not null,
    mark_state text not null,
    version bigint not null,
    unique (session_id, authority_id, number)
)

create index candidate_school on candidate (school_id)

create table account (
    id {uuid} primary key,
    kind text not null check (kind in ('staff', 'candidate')),
    login text not null unique,
    identity_id {uuid} not null references identity (id),
    candidate_id {uuid} references candidate (id),
    password_hash text,
    disabled boolean not null,
    failures bigint not null,
    failed_at {instant},
    version bigint not null
)

create unique index account_candidate on account (candidate_id) where candidate_id is not null

create table mandate (
    id {uuid} primary key,
    account_id {uuid} not null references account (id),
    session_id {uuid} not null references session (id),
    role text not null,
    authority_id {uuid} references authority (id),
    school_id {uuid} references school (id),
    examiner_id {uuid} references examiner (id),
    candidate_id {uuid} references candidate (id),
    valid_from date not null,
    valid_until date not null,
    granted_by {uuid},
    revoked boolean not null,
    version bigint not null
)

create index mandate_account on mandate (account_id)

create table access_code (
    id {uuid} primary key,
    account_id {uuid} not null references account (id),
    code_hash text not null,
    created_at {instant} not null,
    expires_at {instant} not null,
    used boolean not null
)

create index access_code_account on access_code (account_id)

create unique index access_code_hash on access_code (code_hash)

create table web_session (
    id {uuid} primary key,
    token_hash text not null unique,
    account_id {uuid} not null references account (id),
    mandate_id {uuid} references mandate (id),
    created_at {instant} not null,
    seen_at {instant} not null
)

create index web_session_account on web_session (account_id)

create table plan (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    school_id {uuid} references school (id),
    form text not null check (form in ('ccf', 'ponctuelle')),
    state text not null check (state in ('draft', 'published')),
    published bigint not null,
    version bigint not null
)

create unique index plan_of_school on plan (session_id, school_id) where school_id is not null

create unique index plan_of_authority on plan (session_id, authority_id) where school_id is null

create table commission (
    id {uuid} primary key,
    plan_id {uuid} not null references plan (id),
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    school_id {uuid} references school (id),
    centre_id {uuid} not null references school (id),
    number bigint not null,
    option_code text not null check (option_code in ('SISR', 'SLAM')),
    template text not null,
    by_hand boolean not null,
    version bigint not null,
    unique (plan_id, number)
)

create table commission_member (
    commission_id {uuid} not null references commission (id),
    examiner_id {uuid} not null references examiner (id),
    rank bigint not null,
    primary key (commission_id, examiner_id)
)

create table commission_day (
    id {uuid} primary key,
    commission_id {uuid} not null references commission (id),
    day date not null,
    prep_start bigint,
    lunch_start bigint not null,
    unique (commission_id, day)
)

create table sitting (
    id {uuid} primary key,
    plan_id {uuid} not null references plan (id),
    commission_id {uuid} not null references commission (id),
    commission_day_id {uuid} not null references commission_day (id),
    candidate_id {uuid} not null references candidate (id),
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    school_id {uuid} references school (id),
    day date not null,
    starts text not null,
    environment bigint,
    revision bigint not null,
    series {uuid} not null,
    version bigint not null
)

create unique index sitting_candidate on sitting (candidate_id)

create index sitting_day on sitting (commission_day_id)

create table left_out (
    plan_id {uuid} not null references plan (id),
    candidate_id {uuid} not null references candidate (id),
    code text not null,
    facts text not null,
    primary key (plan_id, candidate_id)
)

create table occupancy (
    resource text not null,
    day date not null,
    tick bigint not null,
    plan_id {uuid} not null references plan (id),
    primary key (resource, day, tick)
)

create index occupancy_plan on occupancy (plan_id)

create table outbox_message (
    id {uuid} primary key,
    session_id {uuid} references session (id),
    authority_id {uuid} references authority (id),
    school_id {uuid} references school (id),
    plan_id {uuid} references plan (id),
    candidate_id {uuid} references candidate (id),
    examiner_id {uuid} references examiner (id),
    account_id {uuid} references account (id),
    dedup_key text not null unique,
    kind text not null,
    identity_id {uuid} not null references identity (id),
    address text not null,
    subject text not null,
    payload {bytes} not null,
    key_id {uuid} not null,
    series {uuid},
    revision bigint not null,
    priority bigint not null,
    not_before {instant} not null,
    status text not null check (status in ('ready', 'sending', 'sent', 'failed', 'cancelled')),
    attempt bigint not null,
    lease_until {instant},
    lease_owner {uuid},
    past_dot boolean not null,
    ambiguous boolean not null,
    first_hash text,
    last_error text,
    relay_id text,
    created_at {instant} not null,
    first_tried_at {instant},
    sent_at {instant},
    references_id {uuid},
    check (status <> 'sent' or sent_at is not null),
    check (status <> 'sending' or lease_until is not null)
)

create index outbox_ready on outbox_message (status, not_before)

create index outbox_plan on outbox_message (plan_id)

create table staged_file (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} references authority (id),
    school_id {uuid} references school (id),
    account_id {uuid},
    kind text not null,
    name text not null,
    content {bytes} not null,
    complement_name text,
    complement {bytes},
    key_id {uuid} not null,
    created_at {instant} not null
)

create table task (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} references authority (id),
    school_id {uuid} references school (id),
    account_id {uuid},
    mandate_id {uuid},
    kind text not null,
    input text not null,
    state text not null check (state in ('ready', 'running', 'done', 'failed', 'cancelled')),
    done bigint not null,
    total bigint not null,
    detail text,
    lease_until {instant},
    created_at {instant} not null,
    ended_at {instant},
    version bigint not null
)

create index task_ready on task (state, created_at)

create table journal (
    id {uuid} primary key,
    at {instant} not null,
    account_id {uuid},
    mandate_id {uuid},
    operation text not null,
    session_id {uuid},
    subjects text not null,
    outcome text not null,
    reason text,
    before_hmac text,
    after_hmac text,
    seq bigint,
    hash text
)

create index journal_at on journal (at)
