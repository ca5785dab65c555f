/** Words of the panel in the headset. The rest of the interface has its own. */
export interface PanelWords {
  menu: string;
  close: string;
  tabs: Record<"here" | "people" | "go" | "talk" | "comfort" | "arrange", string>;
  arranging: string;
  undo: string;
  redo: string;
  remove: string;
  copy: string;
  turn: string;
  more: string;
  chosen: (name: string) => string;
  nothingChosen: string;
  leaveHeadset: string;
  leaveRoom: string;
  safe: string;
  stand: string;
  nobody: string;
  noLines: string;
  phrases: readonly string[];
  reactions: Record<"wave" | "nod" | "applause" | "heart" | "question" | "laugh", string>;
  raiseHand: string;
  lowerHand: string;
  teleport: string;
  smooth: string;
  snapTurn: string;
  smoothTurn: string;
  vignette: string;
  seated: string;
  on: string;
  off: string;
  metres: (distance: number) => string;
}

const WORDS: Record<string, PanelWords> = {
  en: {
    menu: "Menu",
    close: "Close",
    tabs: { here: "Around you", people: "People", go: "Go to", talk: "Talk", comfort: "Comfort", arrange: "Arrange" },
    arranging: "Arranging",
    undo: "Undo",
    redo: "Redo",
    remove: "Delete",
    copy: "Copy",
    turn: "Turn",
    more: "More furniture",
    chosen: (name) => `Chosen: ${name}`,
    nothingChosen: "Point at a thing and hold the trigger or grip to move it; with both hands you turn and scale it.",
    leaveHeadset: "Take off headset",
    leaveRoom: "Leave the hall",
    safe: "Go to a quiet place",
    stand: "Stand up",
    nobody: "Nobody else is here now.",
    noLines: "Nothing has been said yet.",
    phrases: ["Hello!", "Thank you.", "Could you help me?", "One moment, please.", "Goodbye."],
    reactions: { wave: "Wave", nod: "Nod", applause: "Applaud", heart: "Heart", question: "Question", laugh: "Laugh" },
    raiseHand: "Raise hand",
    lowerHand: "Lower hand",
    teleport: "Move: teleport",
    smooth: "Move: glide",
    snapTurn: "Turn: in steps",
    smoothTurn: "Turn: smoothly",
    vignette: "Narrow view while moving",
    seated: "I am sitting down",
    on: "on",
    off: "off",
    metres: (distance) => `${distance.toFixed(distance < 10 ? 1 : 0)} m`,
  },
  zh: {
    menu: "菜单",
    close: "关闭",
    tabs: { here: "身边", people: "在场的人", go: "前往", talk: "交谈", comfort: "舒适", arrange: "布置" },
    arranging: "布置",
    undo: "撤销",
    redo: "重做",
    remove: "删除",
    copy: "复制",
    turn: "旋转",
    more: "更多家具",
    chosen: (name) => `已选中：${name}`,
    nothingChosen: "指向一件东西，按住扳机或握键即可移动；双手可旋转和缩放。",
    leaveHeadset: "退出头显",
    leaveRoom: "离开大厅",
    safe: "去安静的地方",
    stand: "起身",
    nobody: "此刻没有别人在场。",
    noLines: "还没有人说话。",
    phrases: ["您好！", "谢谢。", "可以帮我一下吗？", "请稍等。", "再见。"],
    reactions: { wave: "挥手", nod: "点头", applause: "鼓掌", heart: "喜欢", question: "疑问", laugh: "笑" },
    raiseHand: "举手",
    lowerHand: "放下手",
    teleport: "移动：瞬移",
    smooth: "移动：滑行",
    snapTurn: "转身：分步",
    smoothTurn: "转身：平滑",
    vignette: "移动时收窄视野",
    seated: "我坐着使用",
    on: "开",
    off: "关",
    metres: (distance) => `${distance.toFixed(distance < 10 ? 1 : 0)} 米`,
  },
};

export function panelWords(language: string): PanelWords {
  return WORDS[language] ?? WORDS["en"]!;
}
