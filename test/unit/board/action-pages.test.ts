import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sipNotes } from '../../../board/build/action-notes.ts';
import { actionPages, pagesFolder, settingsOf } from '../../../board/build/action-pages.ts';
import { actions } from '../../../firmware/callflow/actions/actions.ts';

test('the pages of actions are those of their schemas; else: npm run docs', () => {
  const pages = actionPages(actions);
  assert.equal(readdirSync(pagesFolder).sort(), [...pages.keys()].sort());
  for (const [name, text] of pages) assert.is(readFileSync(path.join(pagesFolder, name), 'utf8'), text, name);
});

test('every key of every action says what it means, and every example is one', () => {
  for (const action of actions) {
    settingsOf(action);
    const results = action.results(settingsOf(action)).map(({ name }) => name);
    for (const name of Object.keys(action.example.results)) assert.ok(results.includes(name), `${action.name} has no result ${name}: ${results.join(', ')}`);
  }
  for (const [name, text] of actionPages(actions)) assert.not.match(text, /^\| `\w+` \|.*\| {2}\|$/m, `${name}: a key without a description`);
});

test('names of actions are those of VoiceMail Pro, each once', () => {
  const names = actions.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  for (const name of Object.keys(sipNotes)) assert.ok(names.includes(name), `a note on ${name}, and there is no such action`);
});

test.run();
