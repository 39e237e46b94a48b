import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EchoQuestions } from '../../../hal/drivers/linux/echo-questions.ts';
import { echoRequest, internetChecksum, parseEchoReply } from '../../../hal/drivers/linux/icmp-echo.ts';
import { AF_INET, AF_INET6 } from '../../../hal/drivers/linux/socket-address.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
const near = bytes('0a090001');
const far = bytes('0a090002');

test('an echo request of IPv4 carries its checksum (RFC 792, RFC 1071)', () => {
  // 0800 + 1234 + 0001 + 6162 = 7b97, of which 8468 is the complement
  const made = echoRequest(AF_INET, { identifier: 0x1234, sequence: 1 }, Buffer.from('ab'));
  assert.equal(made, bytes('08 00 8468 1234 0001 6162'));
  assert.is(internetChecksum(made), 0);
});

test('the example of RFC 1071 section 3, and an odd byte at the end', () => {
  assert.is(internetChecksum(bytes('0001 f203 f4f5 f6f7')), ~0xddf2 & 0xffff);
  assert.is(internetChecksum(bytes('0001 f2')), ~0xf201 & 0xffff);
});

test('an echo request of IPv6 leaves its checksum to the kernel (RFC 4443 section 4.1)', () => {
  assert.equal(echoRequest(AF_INET6, { identifier: 0x1234, sequence: 0xfffe }, Buffer.from('ab')), bytes('80 00 0000 1234 fffe 6162'));
});

test('a reply is read behind an IPv4 header of any length, or without one', () => {
  const reply = '00 00 8c68 1234 0001 6162';
  const plain = `45 00 001e 0000 4000 40 01 0000 0a090002 0a090001`;
  const options = `46 00 0022 0000 4000 40 01 0000 0a090002 0a090001 94040000`;
  const expected = { identifier: 0x1234, sequence: 1 };
  assert.equal(parseEchoReply(AF_INET, bytes(reply), false), expected);
  assert.equal(parseEchoReply(AF_INET, bytes(plain + reply), true), expected);
  assert.equal(parseEchoReply(AF_INET, bytes(options + reply), true), expected);
  assert.equal(parseEchoReply(AF_INET6, bytes('81 00 0000 1234 0001'), false), expected);
});

test('requests, errors and what is cut short are no replies', () => {
  assert.is(parseEchoReply(AF_INET, bytes('08 00 8468 1234 0001'), false), null);
  assert.is(parseEchoReply(AF_INET, bytes('03 01 0000 1234 0001'), false), null);
  assert.is(parseEchoReply(AF_INET6, bytes('80 00 0000 1234 0001'), false), null);
  assert.is(parseEchoReply(AF_INET, bytes('00 00 8468 1234'), false), null);
  assert.is(parseEchoReply(AF_INET, bytes(''), true), null);
  assert.is(parseEchoReply(AF_INET, bytes('44 00'), true), null);
});

test('a reply counts when identifier, sequence and source are those of the question, and once', () => {
  const questions = new EchoQuestions(7, 10, 4);
  let answers = 0;
  assert.equal(questions.ask(far, () => answers++), { identifier: 7, sequence: 11 });
  questions.reply({ identifier: 8, sequence: 11 }, far);
  questions.reply({ identifier: 7, sequence: 12 }, far);
  questions.reply({ identifier: 7, sequence: 11 }, near);
  assert.is(answers, 0);
  questions.reply({ identifier: 7, sequence: 11 }, far);
  questions.reply({ identifier: 7, sequence: 11 }, far);
  assert.equal([answers, questions.count], [1, 0]);
});

test('sequence numbers begin again after 65535, without those still open; a closed question is not answered', () => {
  const questions = new EchoQuestions(7, 0xfffe, 4);
  const asked = [questions.ask(far, () => {}), questions.ask(far, () => {}), questions.ask(far, () => assert.unreachable())];
  assert.equal(asked.map((echo) => echo?.sequence), [0xffff, 0, 1]);
  questions.close({ identifier: 7, sequence: 1 });
  questions.reply({ identifier: 7, sequence: 1 }, far);
  assert.is(questions.count, 2);
});

test('the caller may reuse the address it asked with', () => {
  const questions = new EchoQuestions(7, 0, 4);
  const address = Buffer.from(far);
  let answers = 0;
  const echo = questions.ask(address, () => answers++);
  address.fill(0);
  if (echo !== null) questions.reply(echo, far);
  assert.is(answers, 1);
});

test('no more questions than the limit', () => {
  const questions = new EchoQuestions(7, 0, 2);
  assert.ok(questions.ask(far, () => {}));
  assert.ok(questions.ask(near, () => {}));
  assert.is(questions.ask(far, () => {}), null);
});

test.run();
