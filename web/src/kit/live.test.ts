import { describe, expect, it } from 'vitest';
import { events } from './live.ts';

describe('a stream in pieces', () => {
  it('keeps what is not whole for the next piece', () => {
    expect(events('event: next\ndata: {}\n')).toEqual({ heard: [], rest: 'event: next\ndata: {}\n' });
    expect(events('event: next\ndata: {}\n\nevent: ne')).toEqual({ heard: ['next'], rest: 'event: ne' });
  });
  it('hears nothing in a sign of life', () => {
    expect(events(':\n\n:\n\n')).toEqual({ heard: [], rest: '' });
  });
  it('hears the end', () => {
    expect(events('event: next\ndata: {"data":1}\n\nevent: complete\ndata:\n\n')).toEqual({ heard: ['next', 'complete'], rest: '' });
  });
});
