/**
 * Amazon SNS as far as it can be judged without asking anybody: which addresses are Amazon's, and what was signed.
 * Whoever sends to a webhook writes these addresses, so nothing is fetched that was not looked at here.
 */

const host = /^sns\.[a-z]{2,6}(-[a-z0-9]+){1,4}\.amazonaws\.com(\.cn)?$/

/** The address, when it is SNS's own: over https, of one of its regions, without a port or a password. */
export function snsAddress(text: string): URL | null {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return null
  return host.test(url.hostname) ? url : null
}

export function certificateAddress(text: string): URL | null {
  const url = snsAddress(text)
  return url && /^\/SimpleNotificationService-[A-Za-z0-9]+\.pem$/.test(url.pathname) && url.search === '' ? url : null
}

/** Where a subscription is confirmed: the one action, for the topic that was looked at, and nothing else. */
export function confirmationAddress(text: string, topic: string): URL | null {
  const url = snsAddress(text)
  if (url?.pathname !== '/' || url.searchParams.get('Action') !== 'ConfirmSubscription') return null
  return url.searchParams.get('TopicArn') === topic ? url : null
}

export interface SnsMessage {
  Type: string
  MessageId: string
  TopicArn: string
  Message: string
  Timestamp: string
  Subject?: string | null | undefined
  SubscribeURL?: string | null | undefined
  Token?: string | null | undefined
}

/** The fields that are signed, in their order, each as its name and its value on lines of their own. */
export function signedText(message: SnsMessage): string {
  const names =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const)
  const given = names.filter((name) => message[name] !== undefined && message[name] !== null)
  return given.map((name) => `${name}\n${message[name]}\n`).join('')
}
