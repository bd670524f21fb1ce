// What the screens of the staff keep up with.
import { CHANGED } from '../../graphql/frame.documents.ts';
import { listen, type VariablesOf } from '../../graphql/tada.ts';
import { PERIOD } from '../../kit/live.ts';

type Topic = VariablesOf<typeof CHANGED>['topics'][number];

/** Looks again when something of these topics changed within the perimeter, and every fifteen seconds. */
export const changed =
  (...topics: Topic[]) =>
  (look: () => void): (() => void) =>
    listen(CHANGED, { topics }, look, PERIOD);
