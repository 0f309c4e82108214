/** What is new in a text and what is gone from it, sentence by sentence: enough to see what a reader would notice. */
export function changedSentences(before: string, now: string): { added: string[]; removed: string[] } {
  const [then, today] = [sentencesOf(before), sentencesOf(now)]
  return {
    added: today.filter((sentence) => !then.includes(sentence)),
    removed: then.filter((sentence) => !today.includes(sentence)),
  }
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?…])\s+|\n/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '')
}
