// What the screens of a commission ask, one document an act or a view.
import { staff } from './tada.ts';

export const EXAM_DAYS = staff(`
  query ExamDays {
    examDays { date passages }
  }
`);

export const EXAM_DAY = staff(`
  query ExamDay($date: NaiveDate!) {
    examDay(date: $date) {
      date zone now rehearsal
      course { code label commission candidate environment margin }
      forms {
        coverage
        penalties { code label fewest most needsReason excludes }
        appreciation {
          title appreciation required
          parts { code title observations phase required }
          boxes { code label penalty }
        }
        grids {
          code options title levels descriptors proposal notices penaltyNotices finalMark
          blocks { code label boxes apart lines { code label subLines } indicators { text details } }
        }
      }
      commissions {
        number centre members
        passages {
          sitting environment extraTime state absent
          candidate { number name option form }
          phases { start end }
          events { key phase act at by takenBack }
          assessment {
            sitting version state content editable
            fields { field value version by mine }
            visas { name mine givenAt }
            finalMark { proposed rounded final floored penalties { code points } }
            lacking { code facts { name value } }
            reopening { by mine reason at }
          }
        }
      }
    }
  }
`);

export const ASSESSMENT = staff(`
  query Assessment($sitting: ID!) {
    assessment(sitting: $sitting) {
      sitting version state content editable
      fields { field value version by mine }
      visas { name mine givenAt }
      finalMark { proposed rounded final floored penalties { code points } }
      lacking { code facts { name value } }
      reopening { by mine reason at }
    }
  }
`);

export const SAVE_ASSESSMENT = staff(`
  mutation SaveAssessment($input: SaveAssessmentInput!) {
    saveAssessment(input: $input) {
      __typename
      ... on SavedAssessment {
        entries { field outcome refusal { code facts { name value } } }
        assessment {
          sitting version state content editable
          fields { field value version by mine }
          visas { name mine givenAt }
          finalMark { proposed rounded final floored penalties { code points } }
          lacking { code facts { name value } }
          reopening { by mine reason at }
        }
      }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const RECORD_PHASES = staff(`
  mutation RecordPhases($input: RecordPhasesInput!) {
    recordPhases(input: $input) {
      __typename
      ... on RecordedPhases { events { key phase act at by takenBack } answers { key refusal { code facts { name value } } } }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const VALIDATE_ASSESSMENT = staff(`
  mutation ValidateAssessment($sitting: ID!, $version: Int!) {
    validateAssessment(sitting: $sitting, version: $version) {
      __typename
      ... on Assessment {
        sitting version state content editable
        fields { field value version by mine }
        visas { name mine givenAt }
        finalMark { proposed rounded final floored penalties { code points } }
        lacking { code facts { name value } }
        reopening { by mine reason at }
      }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const GIVE_VISA = staff(`
  mutation GiveVisa($sitting: ID!, $content: String!) {
    giveVisa(sitting: $sitting, content: $content) {
      __typename
      ... on Assessment {
        sitting version state content editable
        fields { field value version by mine }
        visas { name mine givenAt }
        finalMark { proposed rounded final floored penalties { code points } }
        lacking { code facts { name value } }
        reopening { by mine reason at }
      }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const ASK_REOPENING = staff(`
  mutation AskReopening($sitting: ID!, $reason: String!) {
    askReopening(sitting: $sitting, reason: $reason) {
      __typename
      ... on Assessment {
        sitting version state content editable
        fields { field value version by mine }
        visas { name mine givenAt }
        finalMark { proposed rounded final floored penalties { code points } }
        lacking { code facts { name value } }
        reopening { by mine reason at }
      }
      ... on Refusal { code facts { name value } }
    }
  }
`);

export const CONFIRM_REOPENING = staff(`
  mutation ConfirmReopening($sitting: ID!) {
    confirmReopening(sitting: $sitting) {
      __typename
      ... on Assessment {
        sitting version state content editable
        fields { field value version by mine }
        visas { name mine givenAt }
        finalMark { proposed rounded final floored penalties { code points } }
        lacking { code facts { name value } }
        reopening { by mine reason at }
      }
      ... on Refusal { code facts { name value } }
    }
  }
`);
