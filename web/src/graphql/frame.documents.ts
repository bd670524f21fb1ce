// What every page of the staff asks, whatever its screen: who acts, and what changed.
import { staff } from './tada.ts';

export const ME = staff(`
  query Me {
    me { name email may active { id } mandates { id role perimeter session validUntil } secondFactor { enrolled strong recoveryCodes } }
  }
`);

export const SESSION_NAME = staff(`
  query SessionName {
    session { code regulation { diploma examCode } }
  }
`);

export const CHANGED = staff(`
  subscription Changed($topics: [Topic!]!) { changed(topics: $topics) { topic id day } }
`);
