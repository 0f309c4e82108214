/** What is known of the people in the workspace. Read through a cache; the Slack adapter fills it. */
export interface People {
  /** Null for somebody Slack does not know, or does not know any more. */
  find(id: string): Promise<Person | null>
  /** By the handle people type after the @, exactly. */
  byHandle(handle: string): Promise<Person | null>
  /** The members of a user group, by its handle without @; empty for one that does not exist. */
  membersOf(groupHandle: string): Promise<readonly string[]>
  /** Asked anew each time. What Slack does not tell us is taken for the best: nobody is held up by it. */
  whereabouts(id: string): Promise<Whereabouts>
}

/** Whether somebody is likely to read what is written to them now. */
export interface Whereabouts {
  presence: 'active' | 'away' | 'unknown'
  /** They have paused their notifications. */
  isQuiet: boolean
  /** What they say of themselves: «on holiday». */
  status: string
}

export interface Person {
  id: string
  handle: string
  realName: string
  /** `stranger`: from another workspace, through Slack Connect. */
  kind: 'member' | 'guest' | 'stranger' | 'bot' | 'deactivated'
  timeZone: string
}
