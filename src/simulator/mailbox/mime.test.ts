import { expect, test } from 'vitest'
import { readMail } from './mime.ts'

/** A mail as it comes over the wire. */
const mail = (...lines: string[]) => Buffer.from(lines.join('\r\n')).toString('latin1')

test.each([
  ['as it is', 'Subject: Größe', 'Größe'],
  ['with escapes', 'subject: =?UTF-8?Q?[P1]_Gr=C3=B6=C3=9Fe?=', '[P1] Größe'],
  ['in base64', 'SUBJECT: =?utf-8?B?W1AxXSBHcsO2w59l?=', '[P1] Größe'],
  ['over two lines', 'Subject: =?UTF-8?Q?Gr=C3=B6?=\r\n =?UTF-8?Q?=C3=9Fe_hier?=', 'Größe hier'],
  ['half in words of ASCII', 'Subject: INC-42\r\n =?UTF-8?Q?Gr=C3=B6=C3=9Fe?= now', 'INC-42 Größe now'],
  ['in an older alphabet', 'Subject: =?iso-8859-1?Q?Gr=F6=DFe?=', 'Größe'],
  ['in an alphabet that nobody knows', 'Subject: =?klingon?Q?Qapla?=', 'Qapla'],
])('a subject is read %s', (_how, header, subject) => {
  expect(readMail(mail(header, '', 'text')).subject).toBe(subject)
})

test.each([
  ['as it is', [], 'Größe\r\n\r\nEnde', 'Größe\n\nEnde'],
  ['with escapes', ['Content-Transfer-Encoding: quoted-printable'], 'Gr=C3=\r\n=B6=C3=9Fe  \r\nEnde', 'Größe\nEnde'],
  ['in base64', ['Content-Transfer-Encoding: base64'], 'R3LDtsOf\r\nZQ==', 'Größe'],
  [
    'in an older alphabet',
    ['Content-Type: text/plain; format=flowed; charset="iso-8859-1"', 'Content-Transfer-Encoding: Quoted-Printable'],
    'Gr=F6=DFe',
    'Größe',
  ],
])('a text is read %s', (_how, headers, body, text) => {
  expect(readMail(mail('Subject: x', ...headers, '', body)).text).toBe(text)
})

const inside = (boundary: string, ...parts: string[][]) => [
  'for old programs',
  ...parts.flatMap((part) => [`--${boundary}`, ...part]),
  `--${boundary}--`,
  'for nobody',
]
const plain = ['Content-Type: text/plain; charset=utf-8', '', 'plain']
const html = ['Content-Type: text/html; charset=utf-8', '', '<p>rich</p>']
const picture = ['Content-Type: image/png', 'Content-Transfer-Encoding: base64', '', 'AAAA']

test('of alternatives the plain one is read, wherever it stands', () => {
  const source = mail('Content-Type: multipart/alternative; boundary="b"', '', ...inside('b', html, plain))
  expect(readMail(source).text).toBe('plain')
})

test('alternatives within a mail with attachments are found', () => {
  const both = ['Content-Type: multipart/alternative; boundary=in', '', ...inside('in', html, plain)]
  const source = mail('Content-Type: multipart/mixed;\r\n boundary=out', '', ...inside('out', picture, both))
  expect(readMail(source).text).toBe('plain')
})

test('without a plain text the other text is shown', () => {
  const source = mail('Content-Type: multipart/mixed; boundary=b', '', ...inside('b', picture, html))
  expect(readMail(source).text).toBe('<p>rich</p>')
})

test('a part without headers is plain text', () => {
  const source = mail('Content-Type: multipart/mixed; boundary=b', '', ...inside('b', ['', 'bare']))
  expect(readMail(source).text).toBe('bare')
})

test.each([
  ['an empty mail', ''],
  ['a mail that is only headers', 'Subject: x'],
  ['a mail that is only a picture', mail('Subject: x', ...picture)],
  ['a mail whose parts never begin', mail('Content-Type: multipart/mixed; boundary=b', '', 'nothing')],
])('%s has no text', (_what, source) => {
  expect(readMail(source).text).toBe('')
})
