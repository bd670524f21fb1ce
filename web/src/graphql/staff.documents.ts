// What the screens of the staff ask, one document an act or a view.
import { staff } from './tada.ts';

export const MAIL_SERVICE = staff(`
  query MailService {
    mailService {
      health due late oldestDue sentLately at
      counts { ready sending sent doubtful failed }
      authorities { id name counts { ready sending sent doubtful failed } }
      workers { id alive startedAt seenAt stoppedAt sent retried failed doubtful }
      pause { since until cause }
    }
  }
`);

export const TODO = staff(`
  query Todo {
    todo { code count deadline target }
    session {
      dates { deposit ccfFirst ccfLast ccfCutOff ponctuellePeriods transmission harmonisation deliberation results }
    }
  }
`);

export const SESSION = staff(`
  query Session {
    session {
      id code version
      regulation { id diploma examCode unit phases { code name minutes margin } }
      dates { deposit ccfFirst ccfLast ccfCutOff ponctuellePeriods transmission harmonisation deliberation results }
      general { deposit ccfFirst ccfLast ccfCutOff ponctuellePeriods transmission harmonisation deliberation results }
      overrides {
        authority { id name }
        dates { deposit ccfFirst ccfLast ccfCutOff ponctuellePeriods transmission harmonisation deliberation results }
      }
    }
    authorities { id code name academies { code name timezone } }
  }
`);

export const SET_SESSION_DATES = staff(`
  mutation SetSessionDates($input: SessionDatesInput!) {
    setSessionDates(input: $input) { __typename ... on Refusal { code facts { name value } } }
  }
`);

export const ACCOUNTS = staff(`
  query Accounts($search: String, $after: String) {
    accounts(first: 50, search: $search, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { id name email active secondFactor { enrolled reset { askedBy askedAt own } } mandates { id role perimeter session validUntil revoked } } }
    }
    grantable { role perimeters { id label } }
  }
`);

export const CREATE_ACCOUNT = staff(`
  mutation CreateAccount($input: CreateAccountInput!) {
    createAccount(input: $input) { __typename ... on Account { name } ... on Refusal { code facts { name value } } }
  }
`);

export const INVITE_EXAMINERS = staff(`
  mutation InviteExaminers($plan: ID!) {
    inviteExaminers(plan: $plan) {
      __typename
      ... on Invited { sent already withoutAddress others }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const GRANT_MANDATE = staff(`
  mutation GrantMandate($input: GrantMandateInput!) {
    grantMandate(input: $input) { __typename ... on Account { name } ... on Refusal { code facts { name value } } }
  }
`);

export const REVOKE_MANDATE = staff(`
  mutation RevokeMandate($mandate: ID!) {
    revokeMandate(mandate: $mandate) { __typename ... on Account { name } ... on Refusal { code facts { name value } } }
  }
`);

export const RENEW_ACCESS = staff(`
  mutation RenewAccess($account: ID!) {
    renewAccess(account: $account) { __typename ... on Account { name } ... on Refusal { code facts { name value } } }
  }
`);

export const ASK_FACTOR_RESET = staff(`
  mutation AskFactorReset($account: ID!) {
    askFactorReset(account: $account) { __typename ... on Account { name } ... on Refusal { code facts { name value } } }
  }
`);

export const CONFIRM_FACTOR_RESET = staff(`
  mutation ConfirmFactorReset($account: ID!) {
    confirmFactorReset(account: $account) { __typename ... on Account { name } ... on Refusal { code facts { name value } } }
  }
`);

export const SCHOOLS = staff(`
  query Schools($search: String, $after: String) {
    schools(first: 50, search: $search, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { id uai name city kind isCentre environments ccfHabilitated head candidateCount } }
    }
  }
`);

export const EXAMINERS = staff(`
  query Examiners($search: String, $after: String) {
    examiners(first: 50, search: $search, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { id identifier name email options professional unavailable school { id name } } }
    }
  }
`);

export const CANDIDATES = staff(`
  query Candidates($filter: CandidateFilter, $after: String) {
    candidates(first: 50, filter: $filter, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges {
        node {
          id number familyName givenNames option form status email keepsMark needsAccess extraTimePreparation sittingState
          school { id name }
          sitting { id date timezone phases { start } }
        }
      }
    }
  }
`);

export const RENEW_CANDIDATE_CODE = staff(`
  mutation RenewCandidateCode($candidate: ID!) {
    renewCandidateCode(candidate: $candidate) {
      __typename ... on Resent { count } ... on Refusal { code facts { name value } }
    }
  }
`);

export const CONFIRM_IMPORT = staff(`
  mutation ConfirmImport($staged: ID!) {
    confirmImport(staged: $staged) { __typename ... on Task { id } ... on Refusal { code facts { name value } } }
  }
`);

export const TASK = staff(`
  query Task($id: ID!) {
    task(id: $id) { id kind state done total detail }
  }
`);

export const PLANS = staff(`
  query Plans {
    plans {
      id form owner state published editable version candidateCount placedCount
      convocations { ready sending sent doubtful failed withoutAddress }
    }
    me { may }
  }
`);

export const PLAN = staff(`
  query Plan($id: ID!) {
    plan(id: $id) {
      id form owner state published editable version candidateCount placedCount
      warnings { code facts { name value } }
      leftOut {
        candidate { id number familyName givenNames option school { id name } }
        reason { code facts { name value } }
      }
      commissions {
        id number option byHand
        centre { id name city }
        members { id name professional }
        days {
          date prepStart lunchStart
          sittings {
            id environment timezone revision
            phases { code start end }
            candidate { id number familyName givenNames extraTimePreparation }
          }
        }
      }
      convocations { ready sending sent doubtful failed withoutAddress }
    }
    planProposal(plan: $id) { id task { id state detail } found { placed } }
    session { regulation { phases { code name minutes margin environment commission } } }
  }
`);

export const PLAN_CHOICES = staff(`
  query PlanChoices($plan: ID!) {
    planChoices(plan: $plan) {
      centres { id name city environments }
      examiners { id name options professional school { id name } }
      periods
      templates { code name days { preparation max } }
    }
  }
`);

export const OPEN_PLAN = staff(`
  mutation OpenPlan($form: Form!) {
    openPlan(form: $form) { __typename ... on Plan { id } ... on Refusal { code facts { name value } } }
  }
`);

export const PLAN_PROPOSAL = staff(`
  query PlanProposal($id: ID!) {
    planProposal(plan: $id) {
      id seconds stopAsked
      task { id state done total detail }
      progress { seconds candidates placed objective }
      found { seconds stopped candidates placed change { moved retimed placed lost before } }
    }
  }
`);

export const PLAN_REPORT = staff(`
  query PlanReport($id: ID!) {
    planReport(plan: $id) {
      candidates placed total
      terms { code label amount weight points measured }
      gap { bound percent leavesOut }
      helps { changes { kind count option from centre } }
      problems { code facts { name value } }
      examiners { name periods candidates kilometres }
      centres { name commissions candidates }
      links { option parts { examiners schools } }
    }
    planProposal(plan: $id) { id current task { state } }
  }
`);

export const SEARCH_PLAN = staff(`
  mutation SearchPlan($plan: ID!, $version: Int!, $seconds: Int!) {
    searchPlan(plan: $plan, version: $version, seconds: $seconds) {
      __typename ... on Task { id } ... on Refusal { code facts { name value } }
    }
  }
`);

export const STOP_SEARCH = staff(`
  mutation StopSearch($plan: ID!) {
    stopSearch(plan: $plan) { __typename ... on Task { id } ... on Refusal { code facts { name value } } }
  }
`);

export const PROPOSE_PLAN = staff(`
  mutation ProposePlan($plan: ID!, $version: Int!) {
    proposePlan(plan: $plan, version: $version) {
      __typename ... on Plan { placedCount candidateCount } ... on Refusal { code facts { name value } }
    }
  }
`);

export const CLEAR_PLAN = staff(`
  mutation ClearPlan($plan: ID!, $version: Int!) {
    clearPlan(plan: $plan, version: $version) { __typename ... on Refusal { code facts { name value } } }
  }
`);

export const PUBLISH_PLAN = staff(`
  mutation PublishPlan($plan: ID!, $version: Int!) {
    publishPlan(plan: $plan, version: $version) {
      __typename ... on Plan { published } ... on Refusal { code facts { name value } }
    }
  }
`);

export const ADD_COMMISSION = staff(`
  mutation AddCommission($input: AddCommissionInput!) {
    addCommission(input: $input) { __typename ... on Refusal { code facts { name value } } }
  }
`);

export const REMOVE_COMMISSION = staff(`
  mutation RemoveCommission($commission: ID!, $version: Int!) {
    removeCommission(commission: $commission, version: $version) {
      __typename ... on Refusal { code facts { name value } }
    }
  }
`);

export const CONVOKE = staff(`
  mutation Convoke($plan: ID!, $version: Int!) {
    convoke(plan: $plan, version: $version) {
      __typename
      ... on Convoked { candidates members withoutAddress }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const PREVIEW = staff(`
  query ConvocationPreview($sitting: ID!) {
    convocationPreview(sitting: $sitting) { subject text }
  }
`);

export const MESSAGES = staff(`
  query Messages($filter: MessageFilter, $after: String) {
    messages(first: 50, filter: $filter, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      counts { ready sending sent doubtful failed bounced settled unacknowledged withoutAddress }
      edges {
        node {
          id recipient address kind subject state attempts createdAt sentAt notBefore lastError
          sittingAt acknowledgedAt bouncedAt bounce settledAt settlement isConvocation addressIsFree
        }
      }
    }
  }
`);

export const MESSAGE = staff(`
  query Message($id: ID!) {
    message(id: $id) {
      subject text
      message { id recipient address state attempts createdAt sentAt lastError isConvocation acknowledgedAt bouncedAt bounce settledAt settlement }
      attachments { name contentType size href }
    }
  }
`);

export const RESEND_FAILED = staff(`
  mutation ResendFailed($messages: [ID!]!, $evenDoubtful: Boolean! = false) {
    resendFailed(messages: $messages, evenDoubtful: $evenDoubtful) { __typename ... on Resent { count } ... on Refusal { code facts { name value } } }
  }
`);

export const CORRECT_ADDRESS = staff(`
  mutation CorrectAddress($message: ID!, $address: String!) {
    correctAddress(message: $message, address: $address) { __typename ... on Resent { count } ... on Refusal { code facts { name value } } }
  }
`);

export const SETTLE_MESSAGES = staff(`
  mutation SettleMessages($messages: [ID!]!, $how: String!) {
    settleMessages(messages: $messages, how: $how) { __typename ... on Settled { count } ... on Refusal { code facts { name value } } }
  }
`);

export const REMIND = staff(`
  mutation RemindRecipients($plan: ID) {
    remindRecipients(plan: $plan) { __typename ... on Resent { count } ... on Refusal { code facts { name value } } }
  }
`);

export const UNREACHED = staff(`
  query Unreached {
    unreached { name uai city lines { message number name date arrival timezone why href } }
  }
`);

export const MAIL_TEXTS = staff(`
  query MailTexts {
    mailTexts { texts { kind variables { name meaning } versions { version intro closing author editedAt } } }
  }
`);

export const MAIL_TEXT_PREVIEW = staff(`
  query MailTextPreview($kind: String!, $intro: String!, $closing: String!) {
    mailTextPreview(kind: $kind, intro: $intro, closing: $closing) {
      __typename
      ... on MessageContent { subject text }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const EDIT_MAIL_TEXT = staff(`
  mutation EditMailText($input: EditTextForm!) {
    editMailText(input: $input) {
      __typename
      ... on MailTexts { texts { kind variables { name meaning } versions { version intro closing author editedAt } } }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const DAY_DATES = staff(`
  query DayDates {
    dayDates { date sittings }
  }
`);

export const DAY = staff(`
  query Day($date: NaiveDate!) {
    day(date: $date) {
      date
      lines {
        id commission commissionId centre start end expectedEnd environment state phase since sinceConvoked recordable establishable zone
        candidate { id number name option form extraTime }
        absence { id kind ruledAs consequence sentence hasPiece recordedAt }
      }
    }
  }
`);

export const ABSENCE_PREVIEW = staff(`
  query AbsencePreview($sitting: ID, $absence: ID, $kind: AbsenceKind!) {
    absencePreview(sitting: $sitting, absence: $absence, kind: $kind) {
      __typename
      ... on AbsencePreview { ruledAs consequence sentence source from until tooLate }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const ABSENCE_PAPERS = staff(`
  query AbsencePapers($absence: ID!) {
    absencePapers(absence: $absence) { reason piece href }
  }
`);

export const RECORD_ABSENCE = staff(`
  mutation RecordAbsence($input: RecordAbsenceInput!) {
    recordAbsence(input: $input) { __typename ... on Done { count } ... on Refusal { code facts { name value } } }
  }
`);

export const WITHDRAW_ABSENCE = staff(`
  mutation WithdrawAbsence($absence: ID!) {
    withdrawAbsence(absence: $absence) { __typename ... on Done { count } ... on Refusal { code facts { name value } } }
  }
`);

export const WAITING = staff(`
  query Waiting {
    waiting {
      cause former searched
      candidate { id number name option form }
      reasons { rule commission date }
      proposed { sitting commission date start }
    }
  }
`);

export const FREE_SEATS = staff(`
  query FreeSeats($candidate: ID!) {
    freeSeats(candidate: $candidate) {
      __typename
      ... on Seats {
        free { commissionId commission centre date start opensDay }
        refused { rule commission date }
      }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const PLACE_CANDIDATE = staff(`
  mutation PlaceCandidate($candidate: ID!, $commission: ID!, $date: NaiveDate!) {
    placeCandidate(candidate: $candidate, commission: $commission, date: $date) {
      __typename ... on Done { count } ... on Refusal { code facts { name value } }
    }
  }
`);

export const CONFIRM_SEAT = staff(`
  mutation ConfirmSeat($sitting: ID!) {
    confirmSeat(sitting: $sitting) { __typename ... on Done { count } ... on Refusal { code facts { name value } } }
  }
`);

export const DECLINE_SEAT = staff(`
  mutation DeclineSeat($sitting: ID!) {
    declineSeat(sitting: $sitting) { __typename ... on Done { count } ... on Refusal { code facts { name value } } }
  }
`);

export const CLOSURES = staff(`
  query Closures {
    closures { id centre first last reason cancelled }
  }
`);

export const CLOSURE_PREVIEW = staff(`
  query ClosurePreview($input: CloseCentreInput!) {
    closurePreview(input: $input) {
      __typename ... on ClosurePreview { sittings } ... on Refusal { code facts { name value } }
    }
  }
`);

export const CLOSE_CENTRE = staff(`
  mutation CloseCentre($input: CloseCentreInput!) {
    closeCentre(input: $input) { __typename ... on Done { count } ... on Refusal { code facts { name value } } }
  }
`);

export const SUBSTITUTES = staff(`
  query Substitutes($commission: ID!, $member: ID!) {
    substitutes(commission: $commission, member: $member) { id name }
  }
`);

export const REPLACE_MEMBER = staff(`
  mutation ReplaceMember($commission: ID!, $member: ID!, $by: ID) {
    replaceMember(commission: $commission, member: $member, by: $by) {
      __typename ... on Done { count } ... on Refusal { code facts { name value } }
    }
  }
`);

export const RESCHEDULING = staff(`
  query Rescheduling {
    rescheduling { confirmsItself noticeDays }
  }
`);

export const SET_RESCHEDULING = staff(`
  mutation SetRescheduling($confirmsItself: Boolean!, $noticeDays: Int!) {
    setRescheduling(confirmsItself: $confirmsItself, noticeDays: $noticeDays) {
      __typename ... on Done { count } ... on Refusal { code facts { name value } }
    }
  }
`);

export const LIFT_PAUSE = staff(`
  mutation LiftPause {
    liftPause { paused }
  }
`);

export const CONSIGNMENT = staff(`
  query Consignment($form: Form!) {
    consignment(form: $form) {
      form session exam school uai city due late toConsign
      lines {
        candidate sitting number name option commission outcome grid sheet visas members remark state blocking withheld
        consignedAt keepUntil
      }
      transmission {
        id number code school uai form sender madeAt timezone due late
        lateReason candidates proposed notValid absent kept withheld files href
      }
    }
  }
`);

export const CONSIGN = staff(`
  mutation Consign($form: Form!, $candidate: ID) {
    consign(form: $form, candidate: $candidate) {
      __typename ... on Consignment { toConsign } ... on Refusal { code facts { name value } }
    }
  }
`);

export const TRANSMIT = staff(`
  mutation Transmit($input: TransmitInput!) {
    transmit(input: $input) {
      __typename ... on Consignment { transmission { number } } ... on Refusal { code facts { name value } }
    }
  }
`);

export const TRANSMISSIONS = staff(`
  query Transmissions {
    transmissions {
      due late
      made {
        id number code school uai form sender madeAt timezone due late
        lateReason candidates proposed notValid absent kept withheld files href
      }
      awaited { school uai city candidates }
    }
  }
`);

export const CHECK_RECEIPT = staff(`
  query CheckReceipt($number: String!, $code: String!) {
    checkReceipt(number: $number, code: $code) {
      __typename
      ... on AuthenticReceipt { number school form madeAt sender candidates files lateSince href }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const SUSPICIONS = staff(`
  query Suspicions {
    suspicions { id number name school reason raisedBy raisedAt found ruling ruledAt }
  }
`);

export const SUSPECT_FRAUD = staff(`
  mutation SuspectFraud($sitting: ID!, $reason: String!) {
    suspectFraud(sitting: $sitting, reason: $reason) {
      __typename ... on SuspicionNoted { id } ... on Refusal { code facts { name value } }
    }
  }
`);

export const RULE_ON_FRAUD = staff(`
  mutation RuleOnFraud($suspicion: ID!, $found: FraudOutcome!, $ruling: String!) {
    ruleOnFraud(suspicion: $suspicion, found: $found, ruling: $ruling) {
      __typename ... on SuspicionNoted { id } ... on Refusal { code facts { name value } }
    }
  }
`);
