"""The conversations of the sample: both sides, and what each archive lost of them."""

from homespun.conversations.sample.lines import Line

LONG = (
    "People ask how the first box was made. It was made because of a ladder. Two painters shared it, one in the morning and one "
    "in the afternoon, and for eleven years they had never met. The morning painter left it where the afternoon painter did not "
    "want it. Each of them was sure that the other was careless.\n\nOne day somebody hung a slip of paper on the third rung: what "
    "would help you? By the end of the week the ladder stood in the right place, and there were nine slips on it. I kept the "
    "slips. The stiles came later, from the same wood as the ladder."
)

RETURNS = [
    Line(
        "r1",
        "bryony",
        "2017-10-09 08:14",
        "First morning on here. Yesterday: eleven of us, a box of tiny wooden stiles, one honest hour. "
        "Whoever made it, thank you. #overthestile",
    ),
    Line(
        "r2",
        "us",
        "2017-10-09 12:02",
        "@bryonyshelves That would be us, which is to say me and a saw. Welcome here! Which stile held you up the longest?",
        "r1",
    ),
    Line(
        "r3",
        "bryony",
        "2017-10-09 12:40",
        "@stilewise The one where Saturday hands over to nobody, because nobody is in on Sunday. We had never said it aloud.",
        "r2",
    ),
    Line(
        "r4",
        "idris",
        "2017-10-09 13:05",
        "@bryonyshelves @stilewise I am the nobody. I found the note in the returns box, on the Tuesday, between two atlases.",
        "r3",
        liked=True,
        reposted="2017-10-09 13:11",
    ),
    Line(
        "r5",
        "us",
        "2017-10-09 14:30",
        "@idrisatdesk @bryonyshelves A returns box as a letter box. May I put that into the next set of slips?",
        "r4",
    ),
    Line("r6", "bryony", "2017-10-09 14:52", "@stilewise @idrisatdesk He is blushing behind the atlases. That is a yes.", "r5"),
    Line(
        "r7",
        "us",
        "2017-11-06 09:20",
        "@bryonyshelves It is in! Slip 31: where do you leave a note for somebody you never meet?",
        "r6",
        lost=True,
        reposted="2017-11-06 09:45",
    ),
    Line("r8", "bryony", "2017-11-06 09:44", "@stilewise I read that out at the counter and had to pretend that it was dust.", "r7"),
    Line("r9", "us", "2017-11-13 17:58", "@bryonyshelves A confession: slip 31 has a misprint.", "r8", lost=True),
    Line("r10", "bryony", "2017-11-13 18:20", "@stilewise Ha, no, keep it. It is the best misprint in the box.", "r9"),
    Line(
        "r11",
        "us",
        "2017-12-04 10:15",
        "@bryonyshelves We filmed the hour that you described, with glove puppets, since nobody else would be "
        "filmed. Two minutes: https://video.example/watch/the-stile-and-the-puppets",
        "r6",
    ),
    Line(
        "r12",
        "bryony",
        "2017-12-04 19:31",
        "@stilewise Watched it twice, the second time with the whole of the children’s corner. Now they want "
        "to play it themselves. Can ten-year-olds?",
        "r11",
    ),
    Line(
        "r13",
        "us",
        "2017-12-05 08:03",
        "@bryonyshelves I have never dared to ask one. Try it, and write down the first thing that goes wrong.",
        "r12",
    ),
    Line(
        "r14",
        "bryony",
        "2018-01-22 16:45",
        "@stilewise Nothing went wrong. They used it for the first week at the big school: every stile a "
        "thing that the older ones remember being afraid of.",
        "r13",
    ),
    Line(
        "r15",
        "us",
        "2018-01-22 20:10",
        "@bryonyshelves That is a use that I would never have thought of. I have cut eleven small stiles tonight, for smaller hands.",
        "r14",
        picture="small-stiles",
        alt="Eleven small wooden stiles in a row on a workbench, the last one unpainted.",
    ),
    Line("r16", "bryony", "2018-01-23 07:58", "@stilewise Eleven! There are twelve of them, and they will tell you.", "r15"),
]

WATCHES = [
    Line(
        "w1",
        "morag",
        "2018-03-05 20:10",
        "@stilewise We use your stiles at the rescue station, for the change of watch. Who else hands over to "
        "people they never see? We would like to meet them.",
    ),
    Line(
        "w2",
        "us",
        "2018-03-06 08:32",
        "@moraglintel @bryonyshelves Morag, this is Bryony, who hands a library over to an empty Sunday. Bryony, "
        "this is Morag, who hands over a sea.",
        "w1",
    ),
    Line("w3", "bryony", "2018-03-06 12:05", "@stilewise @moraglintel Hello, Morag! What do you write down when nothing happened?", "w2"),
    Line(
        "w4",
        "morag",
        "2018-03-06 18:47",
        "@bryonyshelves @stilewise That nothing happened, and who was looking when it did not. It took us two stiles to get there.",
        "w3",
    ),
    Line(
        "w5",
        "bryony",
        "2018-03-07 08:20",
        "@moraglintel @stilewise I am going to steal that for the Sunday sheet. Come and see it. There is cake on Saturdays.",
        "w4",
    ),
    Line(
        "w6",
        "morag",
        "2018-04-14 15:30",
        "@bryonyshelves @stilewise Here we are, second watch, in the reading room. We brought our own stiles. They are wet.",
        "w5",
        picture="reading-room",
        alt="Four yellow jackets hang on chairs round a library table with stiles on it.",
    ),
    Line("w7", "us", "2018-04-14 16:02", "@moraglintel @bryonyshelves I am looking at this photograph and cannot work.", "w6"),
    Line(
        "w8",
        "bryony",
        "2018-04-14 16:40",
        "@stilewise @moraglintel Then come next time. They found a stile that we had walked round for years.",
        "w7",
    ),
    Line(
        "w9",
        "morag",
        "2018-04-15 09:12",
        "@stilewise @bryonyshelves We go back in June, and they come out on the boat. Not all of them at once.",
        "w8",
    ),
    Line(
        "w10",
        "idris",
        "2018-04-15 10:01",
        "@moraglintel I would like to be in the first boat, if it has a table.",
        "w9",
        reposted="2018-04-15 10:20",
    ),
    Line("w11", "morag", "2018-04-15 10:30", "@idrisatdesk It has half a table. Bring the other half.", "w10"),
]

DOUGH = [
    Line(
        "d1",
        "sol",
        "2018-05-16 02:40",
        "@stilewise Night shift at a bakery here. We play one slip at two in the morning, over the dough. It has "
        "saved more bread than the thermometer.",
        liked=True,
    ),
    Line("d2", "us", "2018-05-16 07:15", "@solbakesnights Which slip is it most nights? I am asking for everybody who is awake.", "d1"),
    Line("d3", "sol", "2018-05-16 23:02", "@stilewise Number 4: what do you do that nobody has asked you to stop doing?", "d2", liked=True),
    Line("d4", "us", "2018-05-17 08:01", "@solbakesnights Slip 4 was nearly left out. I shall tell it.", "d3"),
    Line("d5", "morag", "2018-05-17 09:14", "@stilewise @solbakesnights Slip 4 ended our habit of drying ropes that were dry.", "d4"),
]

GARDEN = [
    Line(
        "g1",
        "akari",
        "2018-06-20 09:30",
        "引き継ぎの時間に、小さな木の踏み段を机に並べてみました。会ったことのない夜勤の人に、初めて手紙を書いた気がします。 #overthestile",
        reposted="2018-06-20 11:02",
    ),
    Line("g2", "us", "2018-06-20 12:40", "@akari_niwa ありがとうございます。夜勤の方にも、どうぞよろしくお伝えください。", "g1"),
    Line(
        "g3",
        "bryony",
        "2018-06-20 12:55",
        "@akari_niwa @stilewise I had to ask a reader what this says, and now there are three of us at the counter, smiling.",
        "g1",
    ),
]

THANKS = [
    Line(
        "t1",
        "us",
        "2018-10-08 08:00",
        "A year of #overthestile. A library, a rescue station, a bakery at night, a school’s first week, a care home "
        "on the other side of the world. Thank you, all of you who put a slip where somebody would find it.",
        picture="map-of-slips",
        alt="A hand-drawn map: five small houses, and one red thread that runs from door to door.",
    ),
    Line("t2", "bryony", "2018-10-08 08:31", "@stilewise From the counter: thank you. Idris says that he is framing the atlas.", "t1"),
    Line("t3", "morag", "2018-10-08 09:05", "@stilewise Second watch lifts its mugs.", "t1"),
    Line("t4", "sol", "2018-10-09 01:50", "@stilewise From the night: the dough says thank you too.", "t1", liked=True),
    Line("t5", "us", "2018-10-09 07:30", "@solbakesnights Tell it to rise.", "t4"),
    Line("t6", "morag", "2018-10-09 07:52", "@stilewise @solbakesnights There it is again, slip 4.", "t5"),
]

CLUMSY = [
    Line("c1", "quill", "2019-02-11 15:00", "@stilewise Slip 12 made one of us cry, and not in the good way.", lost=True),
    Line(
        "c2",
        "us",
        "2019-02-11 16:20",
        "@quillpondside Thank you for saying it so plainly. Slip 12 takes for granted that people chose their "
        "work. It goes out of the box this week. Would you read the new one before it is printed?",
        "c1",
    ),
    Line(
        "c3",
        "us",
        "2019-02-25 09:00",
        "@quillpondside Here is the new slip 12: which part of today would you hand on, if somebody took it?",
        "c2",
    ),
    Line("c4", "morag", "2019-02-25 19:40", "@stilewise @quillpondside We tried it on the pier. It is better. It is also colder.", "c3"),
]

PUPPY = [Line("p1", "morag", "2019-08-30 18:22", "@stilewise Do the small stiles come without paint? I am asking for a puppy.")]

LADDER = [
    Line("l1", "us", "2023-05-15 08:30", LONG[:270].rsplit(" ", 1)[0] + "…", note=LONG),
    Line(
        "l2",
        "us",
        "2023-05-15 08:34",
        "@stilewise The ladder, for those who asked.",
        "l1",
        picture="ladder",
        alt="A wooden ladder against a wall; on its third rung hangs a slip of paper.",
    ),
    Line("l3", "us", "2023-09-04 09:10", "New boxes on Thrusday, with slip 12 as it should be."),
    Line(
        "l4",
        "us",
        "2023-09-04 09:24",
        "New boxes on Thursday, with slip 12 as it should be, and thanks to those who read it first.",
        edits="l3",
    ),
]

TALKS = [RETURNS, WATCHES, DOUGH, GARDEN, THANKS, CLUMSY, PUPPY, LADDER]
