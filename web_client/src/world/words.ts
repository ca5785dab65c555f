/** The few words that are written into the world itself. Everything else is said by the interface. */
import type { Person } from "../net/protocol.gen";
import type { ThingKind } from "./placed/thing";

export interface WorldWords {
  seat: string;
  taken: (seat: string) => string;
  away: string;
  badges: Partial<Record<Person["role"], string>>;
  /** What a placed thing is called that has no name of its own. */
  things: Record<ThingKind, string>;
  /** On the card of a thing whose file could not be had. */
  broken: (name: string) => string;
  play: (name: string) => string;
  stop: (name: string) => string;
  stepIn: (name: string) => string;
}

const WORDS: Record<string, WorldWords> = {
  en: {
    seat: "Seat",
    taken: (seat) => `${seat} (taken)`,
    away: "away",
    badges: { librarian: "Librarian", moderator: "Moderator", admin: "Administrator", creator: "Creator", bot: "Bot" },
    things: {
      model: "Model",
      image: "Picture",
      page: "Page",
      panorama: "Panorama",
      audio: "Recording",
      plaque: "Card",
    },
    broken: (name) => `${name}: this file cannot be shown now`,
    play: (name) => `Play: ${name}`,
    stop: (name) => `Stop: ${name}`,
    stepIn: (name) => `Step into: ${name}`,
  },
  zh: {
    seat: "座位",
    taken: (seat) => `${seat}（有人）`,
    away: "暂离",
    badges: { librarian: "馆员", moderator: "管理员", admin: "系统管理员", creator: "创作者", bot: "机器人" },
    things: { model: "模型", image: "图片", page: "书页", panorama: "全景", audio: "录音", plaque: "说明牌" },
    broken: (name) => `${name}：此文件暂时无法显示`,
    play: (name) => `播放：${name}`,
    stop: (name) => `停止：${name}`,
    stepIn: (name) => `走进：${name}`,
  },
};

export function worldWords(language: string): WorldWords {
  return WORDS[language] ?? WORDS["en"]!;
}
