"""The century in which each of the classics is usually dated: negative ones are before our era. Long growths: when they ended."""

from __future__ import annotations

# century: titles
CENTURIES_OF_TITLES: dict[int, str] = {
    -9: "周易",
    -8: "The Iliad; The Odyssey",
    -6: "诗经",
    -5: "Antigone; Histories; Medea; Ramayana; The Frogs; 论语; 孙子兵法; 尚书",
    -4: "Nicomachean Ethics; Poetics; Symposium; The Republic; Mahabharata; 孟子; 大学; 中庸; 老子; 庄子; 墨子; 春秋左传; 国语",
    -3: "Elements; 荀子; 韩非子; 楚辞; 山海经; 尔雅; 吕氏春秋",
    -2: "淮南子",
    -1: "Odes; On the Nature of Things; The Aeneid; 礼记; 史记; 战国策; 列女传; 周髀算经",
    1: "Metamorphoses; 汉书; 九章算术",
    2: "Almagest; Annals; Letters; Meditations; Parallel Lives; Satires; 说文解字",
    3: "三国志",
    4: "Confessions; 搜神记",
    5: "后汉书; 世说新语; 陶渊明集",
    6: "水经注; 文心雕龙; 诗品; 文选; 齐民要术; 洛阳伽蓝记; 颜氏家训",
    7: "大唐西域记",
    8: "李太白集; 杜工部集; 王右丞集; 茶经; 六祖坛经",
    9: "白氏长庆集; 昌黎先生集; 柳河东集",
    10: "Beowulf; 太平广记",
    11: "Shahnameh; The Pillow Book; The Tale of Genji; 资治通鉴; 东坡乐府; 梦溪笔谈; 广韵",
    12: "Rubáiyát; 漱玉词; 稼轩长短句; 剑南诗稿; 营造法式; 近思录; 容斋随笔",
    13: "Njáls saga; 西厢记; 窦娥冤",
    14: "The Arabian Nights; The Canterbury Tales; The Decameron; The Divine Comedy; 三国演义; 水浒传",
    16: (
        "De Revolutionibus; Essays; Popol Vuh; The Faerie Queene; The Prince; Utopia; 牡丹亭; 西游记; 本草纲目; 菜根谭; 传习录"
    ),
    17: (
        "Dialogue; Discourse on Method; Don Quixote; Ethics; Hamlet; Harmonices Mundi; King Lear; Leviathan; Micrographia;"
        "Novum Organum; Oku no Hosomichi; Paradise Lost; Pensées; Principia; Sonnets; The Tempest; Two Treatises;"
        "桃花扇; 长生殿; 徐霞客游记; 天工开物; 农政全书; 园冶; 长物志; 陶庵梦忆; 日知录; 明夷待访录; 古文观止; 闲情偶寄; 幽梦影"
    ),
    18: (
        "A Treatise of Human Nature; Candide; Common Sense; Critique of Pure Reason; Decline and Fall; Dialogues; Dictionary;"
        "Emile; Gulliver’s Travels; Life of Johnson; Lyrical Ballads; Monadology; Opticks; Robinson Crusoe;"
        "Songs of Innocence; Systema Naturae; The Robbers; The Wealth of Nations; Tom Jones; Tristram Shandy;"
        "红楼梦; 儒林外史; 聊斋志异; 四库全书总目; 阅微草堂笔记; 唐诗三百首; 康熙字典; 随园食单"
    ),
    19: (
        "A Doll’s House; Alice in Wonderland; Anna Karenina; Bleak House; Cranford; Crime and Punishment; Cyrano;"
        "David Copperfield; Dead Souls; Democracy in America; Don Juan; Dracula; Emma; Endymion; Eugene Onegin;"
        "Fathers and Sons; Faust; Frankenstein; Germinal; Great Expectations; Heart of Darkness; Huckleberry Finn;"
        "Idylls of the King; Jane Eyre; Kalevala; Leaves of Grass; Les Misérables; Lord Jim; Madame Bovary; Middlemarch;"
        "Moby-Dick; North and South; Notes on Nursing; On Liberty; On the Origin of Species; Persuasion;"
        "Pride and Prejudice; Principles of Geology; Prometheus Unbound; Père Goriot; Silas Marner;"
        "Tess of the d’Urbervilles; The Happy Prince; The Idiot; The Moonstone; The Portrait of a Lady;"
        "The Red and the Black; The Scarlet Letter; The Time Machine; Treasure Island; Vanity Fair; Walden; War and Peace;"
        "Wuthering Heights; 镜花缘; 浮生六记; 海国图志; 天演论"
    ),
    20: (
        "Dubliners; Gitanjali; Kim; Mrs Dalloway; Pygmalion; Swann’s Way; The Cherry Orchard; To the Lighthouse; Ulysses;"
        "人间词话; 呐喊; 朝花夕拾; 孽海花; 老残游记; 饮冰室合集"
    ),
}
CENTURY_OF: dict[str, int] = {
    title.strip(): century for century, titles in CENTURIES_OF_TITLES.items() for title in titles.split(";")
}
