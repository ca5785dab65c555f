/** The few words that are written into the world itself. Everything else is said by the interface. */
import type { Person } from "../net/protocol.gen";

export interface WorldWords {
  seat: string;
  taken: (seat: string) => string;
  away: string;
  badges: Partial<Record<Person["role"], string>>;
}

const WORDS: Record<string, WorldWords> = {
  en: {
    seat: "Seat",
    taken: (seat) => `${seat} (taken)`,
    away: "away",
    badges: { librarian: "Librarian", moderator: "Moderator", admin: "Administrator", creator: "Creator", bot: "Bot" },
  },
  zh: {
    seat: "座位",
    taken: (seat) => `${seat}（有人）`,
    away: "暂离",
    badges: { librarian: "馆员", moderator: "管理员", admin: "系统管理员", creator: "创作者", bot: "机器人" },
  },
};

export function worldWords(language: string): WorldWords {
  return WORDS[language] ?? WORDS["en"]!;
}
