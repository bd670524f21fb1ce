// Typed documents: the types are read from the schemas; at run time a document is its id alone (scripts/trusted.mjs).
import type { initGraphQLTada, ResultOf, TadaDocumentNode, VariablesOf } from 'gql.tada';
import { Failure, heard, post } from '../kit/http.ts';
import { watch } from '../kit/live.ts';
import type { introspection as Candidate } from './candidate-env.d.ts';
import type { introspection as Staff } from './staff-env.d.ts';

type Scalars = { ID: string; NaiveDate: string; DateTime: string };
type StaffTada = initGraphQLTada<{ introspection: Staff; disableMasking: true; scalars: Scalars }>;
type CandidateTada = initGraphQLTada<{ introspection: Candidate; disableMasking: true; scalars: Scalars }>;

const document = (api: string) => (id: string) => ({ api, id });

/** A document of the staff's schema. */
export const staff = document('staff') as unknown as StaffTada;
/** A document of the candidates' schema. */
export const candidate = document('candidate') as unknown as CandidateTada;

type Answer = { data?: unknown; errors?: { message: string; extensions?: { code?: string } }[] };

/** Asks; fails with the first error's code and sentence. */
export async function ask<Result, Variables>(
  node: TadaDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const { api, id } = node as unknown as { api: string; id: string };
  const answer = await post<Answer>(`/graphql/${api}`, { documentId: id, variables });
  const error = answer.errors?.[0];
  if (error) throw heard(new Failure(200, error.extensions?.code ?? 'unavailable', error.message));
  return answer.data as Result;
}

/** Looks again when a subscription tells of a change, and every `period` in any case; gives back how to stop. */
export function listen<Result, Variables>(node: TadaDocumentNode<Result, Variables>, variables: Variables, look: () => void, period: number): () => void {
  const { api, id } = node as unknown as { api: 'staff' | 'candidate'; id: string };
  return watch({ api, id, variables: variables as Record<string, unknown> }, look, period);
}

export type { ResultOf, VariablesOf };
