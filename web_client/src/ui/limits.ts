/** How much of what people write fits: the server's limits (`server/wire/messages.py`), so that nothing is cut off or refused. */
export const LIMITS = {
  name_chars: 40,
  /** Until the room has said its own (`Pacing.chat_chars`). */
  chat_chars: 1000,
  report_note_chars: 500,
  moderation_reason_chars: 200,
} as const;
