"""What people of the sample said to nobody in particular: the days between the conversations."""

from homespun.conversations.sample.lines import Line

OURS = """
2017-09-04 08:00|Sawdust in the tea again. First box of the autumn is glued.
2017-09-18 09:30|Question for the back of slip 20: what do you hope that nobody asks?
2017-10-02 07:50|Forty boxes go to the post today. The cart has a squeak that I have decided to like.
2017-10-20 16:00|Varnish is a way of waiting.
2017-12-20 11:00|The last post before the holidays goes at noon. So do I.
2018-01-08 08:45|New year, new saw. The old one is on the wall, with honours.
2018-02-12 10:10|Somebody sent back a box with a slip of their own in it. It is better than mine. It is in.
2018-03-27 09:00|If you play with six people, leave one stile empty. Somebody always stands at it.
2018-05-02 08:15|Today in the workshop: ash, beech, and an argument about beech.
2018-07-11 13:00|Too hot to glue. Reading letters instead. You write good letters.
2018-08-21 09:40|How long does an hour take? In this game between fifty minutes and a week.
2018-09-10 08:05|A council wants to know whether there is a large version, for a field. There is a field.
2018-11-05 08:30|Slips 1 to 48 are now also in large print. #overthestile
2018-12-03 09:00|I asked who plays without the stiles, only with the slips. More of you than I thought.
2019-01-14 08:20|Three letters in one post, all about the same stile. Nobody told anybody.
2019-04-08 10:00|A carpenter wrote: your tenons are too tight. He is right. They are looser now.
2019-06-17 09:15|Summer set: twelve slips for people who are about to retire. #overthestile
2019-09-02 08:00|School starts. Small stiles are out of stock until Friday.
2019-11-11 09:45|The large version stands in its field. Sheep have opinions.
2020-02-03 08:10|A whole box came back from a cellar after a flood. Wood forgives, paper does not. New slips are on their way.
2020-04-20 09:00|Nobody can sit at one table. So: a sheet to print, one stile a household, and a window to put it in.
2020-04-27 10:30|Forty windows so far. #overthestile
2020-10-05 08:40|The window sheet stays free. It paid for itself in photographs.
2021-03-01 09:00|Back at the bench. My hands had forgotten the angle. My thumb had not.
2021-09-13 08:25|Two people who met over a slip in 2018 wrote to say that they now share an allotment.
2022-02-21 09:00|What would you hand on, if somebody took it? I still think about that slip.
2022-11-07 08:15|Beech won the argument.
2023-01-16 09:30|Box one thousand left today. It went to a lighthouse, which is a museum, which has a night watch.
2023-10-09 08:14|Six years ago today somebody said thank you to whoever made it. Good morning, Marrowby. #overthestile
2024-01-08 09:00|I have downloaded everything that I ever said here, to have it in the house.
"""

BRYONYS = """
2017-10-10 17:05|Somebody returned a book with a slice of cheese as a bookmark. It was a good cheese.
2017-10-16 09:00|Sunday sheet, first try: keys, lamps, who asked for what.
2017-10-23 18:30|The Sunday sheet works, unless it rains, when there is no Sunday.
2017-11-01 12:00|Nobody should have to look up a thing twice. Except stars.
2017-11-20 08:45|Storytime had nineteen children and one dog. The dog listened.
2017-12-11 13:20|Puppets are now in the catalogue, under P and under Friends.
2017-12-21 16:00|Closed until the second. The books will talk among themselves.
2018-01-09 10:10|The heating has been read to and is working again.
2018-01-30 09:05|Twelve small stiles arrived. Twelve! Somebody listened. #overthestile
2018-03-19 08:50|Large print shelf moved to where the light is. Why was it not there before?
2018-04-03 17:40|The atlas with the note in it is now our most borrowed atlas.
2018-04-16 08:00|The reading room smells of sea. I am leaving it.
2018-05-08 12:30|Today a man asked for a book that made his mother laugh. We found it by the laugh.
2018-06-11 19:00|Half a table in a boat is still a table. #overthestile
2018-07-02 09:25|Summer hours: we open when the cat does.
2018-07-24 11:00|A class came to teach us how they play it. We were politely corrected.
2018-08-14 16:15|There is no such thing as overdue, there is only not yet.
2018-09-05 08:40|Big school week. Twelve ten-year-olds of last year came back as guides.
2018-11-02 10:00|Inventory: 21,304 books, 12 small stiles, 11 large ones, 1 cheese.
"""

MORAGS = """
2018-02-27 19:00|Change of watch in the snow. Nobody was rude, which is how I knew that they were cold.
2018-03-20 20:15|New sheet by the door. It has a line for what did not happen.
2018-04-30 18:00|Two out, two back, one umbrella rescued.
2018-06-16 15:45|Librarians at sea. They whisper to the engine. #overthestile
2018-07-15 21:00|Fog. You hand over what you heard.
2018-09-22 19:30|The stove of the second watch has been declared a hazard.
2018-10-30 20:05|Ropes: dry. Left alone. Slip 4.
2018-12-24 17:00|We are here tonight. So is cake.
2019-03-11 18:50|A visitor asked what the little stiles are for. Four people answered at once, differently.
2019-05-06 20:20|Good handover today: I knew what I was worried about.
2019-07-01 19:10|Puppy has joined the watch. It hands over everything.
2019-10-14 18:35|Storm. All in, all well, all talkative.
2019-12-02 20:00|Last sheet of the year is full, on both sides.
2020-01-20 19:00|I asked for my archive, since the station wants the sheets and I kept none.
"""


def days(by: str, text: str) -> list[Line]:
    pairs = [row.split("|", 1) for row in text.strip().splitlines()]
    return [Line(f"{by}-{number}", by, at, words) for number, (at, words) in enumerate(pairs, 1)]


DAYS = [*days("us", OURS), *days("bryony", BRYONYS), *days("morag", MORAGS)]
