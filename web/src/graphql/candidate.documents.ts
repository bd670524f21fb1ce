// What the candidate's space asks.
import { candidate } from './tada.ts';

export const MY_EXAM_CHANGED = candidate(`
  subscription MyExamChanged { myExamChanged }
`);

export const MY_EXAM = candidate(`
  query MyExam {
    myExam {
      name number option diploma examCode examTitle session form state
      contact { name email }
      withdrawn { next before { date start timezone centre city reason } }
      absenceDecision { date consequence next }
      convocation {
        date timezone arrival start end revision acknowledgedAt
        changed { date start timezone centre city reason }
        bring forbidden inspection lateness absence tell accommodations
        centre { name address postalCode city room uai }
        phases { name start end explanation }
      }
    }
  }
`);

export const ACKNOWLEDGE = candidate(`
  mutation AcknowledgeConvocation($revision: Int!) {
    acknowledgeConvocation(revision: $revision) {
      __typename
      ... on MyExam { convocation { acknowledgedAt } }
      ... on Refusal { code facts { name value } }
    }
  }
`);
