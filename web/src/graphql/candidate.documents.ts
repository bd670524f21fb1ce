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
      convocation {
        date timezone arrival start end revision bring forbidden inspection lateness absence tell accommodations
        centre { name address postalCode city room uai }
        phases { name start end explanation }
      }
    }
  }
`);
