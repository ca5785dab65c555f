"""Works everybody knows, as facts (title, author), for halls that are built before a catalogue is there."""

from __future__ import annotations

from carrel.scenes.halls.books.records import Record
from carrel.scenes.halls.books.spines import SpineTitle

# title|author; a line break counts as a space
LATIN = """
A Doll’s House|Ibsen; A Treatise of Human Nature|Hume; Alice in Wonderland|Carroll; Almagest|Ptolemy;
Anna Karenina|Tolstoy; Annals|Tacitus; Antigone|Sophocles; Beowulf; Bleak House|Dickens; Candide|Voltaire;
Common Sense|Paine; Confessions|Augustine; Cranford|Gaskell; Crime and Punishment|Dostoevsky;
Critique of Pure Reason|Kant; Cyrano|Rostand; David Copperfield|Dickens; De Revolutionibus|Copernicus;
Dead Souls|Gogol; Decline and Fall|Gibbon; Democracy in America|Tocqueville; Dialogue|Galileo; Dialogues|Hume;
Dictionary|Johnson; Discourse on Method|Descartes; Don Juan|Byron; Don Quixote|Cervantes; Dracula|Stoker;
Dubliners|Joyce; Elements|Euclid; Emile|Rousseau; Emma|Austen; Endymion|Keats; Essays|Montaigne;
Ethics|Spinoza; Eugene Onegin|Pushkin; Fathers and Sons|Turgenev; Faust|Goethe; Frankenstein|M. Shelley;
Germinal|Zola; Gitanjali|Tagore; Great Expectations|Dickens;
Gulliver’s Travels|Swift; Hamlet|Shakespeare; Harmonices Mundi|Kepler; Heart of Darkness|Conrad;
Histories|Herodotus; Huckleberry Finn|Twain; Idylls of the King|Tennyson; Jane Eyre|C. Brontë;
Kalevala|Lönnrot; Kim|Kipling; King Lear|Shakespeare; Leaves of Grass|Whitman;
Les Misérables|Hugo; Letters|Pliny; Leviathan|Hobbes; Life of Johnson|Boswell; Lord Jim|Conrad;
Lyrical Ballads|Wordsworth; Madame Bovary|Flaubert; Mahabharata|Vyasa; Medea|Euripides;
Meditations|Marcus Aurelius; Metamorphoses|Ovid; Micrographia|Hooke; Middlemarch|George Eliot;
Moby-Dick|Melville; Monadology|Leibniz; Mrs Dalloway|Woolf; Nicomachean Ethics|Aristotle;
Njáls saga; North and South|Gaskell; Notes on Nursing|Nightingale; Novum Organum|Bacon; Odes|Horace;
Oku no Hosomichi|Bashō; On Liberty|Mill; On the Nature of Things|Lucretius; On the Origin of Species|Darwin;
Opticks|Newton; Paradise Lost|Milton; Parallel Lives|Plutarch;
Pensées|Pascal; Persuasion|Austen; Poetics|Aristotle; Popol Vuh; Pride and Prejudice|Austen; Principia|Newton;
Principles of Geology|Lyell; Prometheus Unbound|P. Shelley; Pygmalion|Shaw;
Père Goriot|Balzac; Ramayana|Valmiki; Robinson Crusoe|Defoe;
Rubáiyát|Khayyám; Satires|Juvenal; Shahnameh|Ferdowsi; Silas Marner|George Eliot; Songs of Innocence|Blake;
Sonnets|Shakespeare; Swann’s Way|Proust; Symposium|Plato; Systema Naturae|Linnaeus;
Tess of the d’Urbervilles|Hardy; The Aeneid|Virgil; The Arabian Nights; The Canterbury Tales|Chaucer;
The Cherry Orchard|Chekhov; The Decameron|Boccaccio; The Divine Comedy|Dante; The Faerie Queene|Spenser;
The Frogs|Aristophanes; The Happy Prince|Wilde; The Idiot|Dostoevsky; The Iliad|Homer; The Moonstone|Collins;
The Odyssey|Homer; The Pillow Book|Sei Shōnagon; The Portrait of a Lady|James; The Prince|Machiavelli;
The Red and the Black|Stendhal; The Republic|Plato; The Robbers|Schiller; The Scarlet Letter|Hawthorne;
The Tale of Genji|Murasaki; The Tempest|Shakespeare; The Time Machine|Wells; The Wealth of Nations|Smith;
To the Lighthouse|Woolf; Tom Jones|Fielding; Treasure Island|Stevenson; Tristram Shandy|Sterne;
Two Treatises|Locke; Ulysses|Joyce; Utopia|More; Vanity Fair|Thackeray; Walden|Thoreau; War and Peace|Tolstoy;
Wuthering Heights|E. Brontë;
"""
HAN = """
论语|孔子; 孟子|孟轲; 大学; 中庸; 老子|李耳; 庄子|庄周; 荀子|荀况; 韩非子|韩非; 墨子|墨翟;
孙子兵法|孙武; 周易; 诗经; 尚书; 礼记; 春秋左传|左丘明; 史记|司马迁; 汉书|班固; 后汉书|范晔;
三国志|陈寿; 资治通鉴|司马光; 楚辞|屈原; 山海经; 水经注|郦道元; 世说新语|刘义庆; 文心雕龙|刘勰; 诗品|钟嵘;
文选|萧统; 陶渊明集|陶渊明; 李太白集|李白; 杜工部集|杜甫; 王右丞集|王维; 白氏长庆集|白居易; 昌黎先生集|韩愈;
柳河东集|柳宗元; 东坡乐府|苏轼; 漱玉词|李清照; 稼轩长短句|辛弃疾; 剑南诗稿|陆游; 梦溪笔谈|沈括;
西厢记|王实甫; 牡丹亭|汤显祖; 窦娥冤|关汉卿; 桃花扇|孔尚任; 长生殿|洪昇; 三国演义|罗贯中; 水浒传|施耐庵;
西游记|吴承恩; 红楼梦|曹雪芹; 儒林外史|吴敬梓; 聊斋志异|蒲松龄; 镜花缘|李汝珍; 浮生六记|沈复;
徐霞客游记|徐弘祖; 天工开物|宋应星; 本草纲目|李时珍; 农政全书|徐光启; 齐民要术|贾思勰; 九章算术; 周髀算经;
茶经|陆羽; 营造法式|李诫; 园冶|计成; 长物志|文震亨; 陶庵梦忆|张岱; 菜根谭|洪应明; 传习录|王阳明;
近思录|朱熹; 日知录|顾炎武; 明夷待访录|黄宗羲; 四库全书总目|纪昀; 阅微草堂笔记|纪昀; 古文观止|吴楚材;
唐诗三百首|蘅塘退士; 人间词话|王国维; 说文解字|许慎; 尔雅; 康熙字典|张玉书; 广韵|陈彭年; 淮南子|刘安;
吕氏春秋|吕不韦; 战国策|刘向; 国语; 列女传|刘向; 搜神记|干宝; 洛阳伽蓝记|杨衒之; 颜氏家训|颜之推;
大唐西域记|玄奘; 六祖坛经|惠能; 太平广记|李昉; 容斋随笔|洪迈; 呐喊|鲁迅; 朝花夕拾|鲁迅; 孽海花|曾朴;
老残游记|刘鹗; 海国图志|魏源; 天演论|严复; 饮冰室合集|梁启超; 随园食单|袁枚; 闲情偶寄|李渔; 幽梦影|张潮;
"""


def _titles(table: str) -> tuple[SpineTitle, ...]:
    items = (item.strip().partition("|") for item in table.replace("\n", " ").split(";") if item.strip())
    return tuple(SpineTitle(title, author) for title, _, author in items)


CLASSICS: tuple[SpineTitle, ...] = _titles(LATIN) + _titles(HAN)


def classic_records() -> tuple[Record, ...]:
    """The same works as records; every fourth Chinese title and every ninth other is a set of volumes."""
    records = []
    for k, work in enumerate(CLASSICS):
        volumes = (2 + k % 3 * 2 if k % 4 == 0 else 1) if work.han else (2 + k % 2 if k % 9 == 0 else 1)
        language = "zh" if work.han else "en"
        records.append(
            Record(id=f"classic-{k:03}", title=work.title, creator=work.author, language=language, volumes=volumes)
        )
    return tuple(records)
