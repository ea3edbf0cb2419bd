"""Did it happen? The words that decide, one sentence each."""

import pytest

from pipeline.extract.events import event_statuses
from pipeline.records import Span

pytestmark = pytest.mark.model

CASES = {
    "plain-past": ("Norway deported the spy.", "deported", "happened"),
    "present-perfect": ("Norway has deported the spy.", "deported", "happened"),
    "passive": ("The spy was deported by Norway.", "deported", "happened"),
    "progressive": ("Norway is deporting the spy.", "deporting", "ongoing"),
    "not": ("Norway did not deport the spy.", "deport", "denied"),
    "n't": ("Norway hasn't deported the spy.", "deported", "denied"),
    "curly": ("Norway hasn’t deported the spy.", "deported", "denied"),
    "curly-future": ("We’ll deport the spy.", "deport", "planned"),
    "if-were-to": ("If Norway were to deport the spy, we would leave.", "deport", "possible"),
    "not-only": ("Norway not only deported the spy but fined him.", "deported", "happened"),
    "never": ("Norway never deported the spy.", "deported", "denied"),
    "no-longer": ("Norway no longer supports the mission.", "supports", "denied"),
    "not-yet": ("Norway has not yet deported the spy.", "deported", "denied"),
    "yet-to": ("Norway has yet to deport the spy.", "deport", "denied"),
    "failed-to": ("Norway failed to deport the spy.", "deport", "denied"),
    "refused-to": ("Norway refused to deport the spy.", "deport", "denied"),
    "declined-to": ("Norway declined to deport the spy.", "deport", "denied"),
    "denied": ("Norway denied deporting the spy.", "deporting", "denied"),
    "without": ("Norway left without deporting the spy.", "deporting", "denied"),
    "nobody": ("Nobody deported the spy.", "deported", "denied"),
    "no-object": ("Norway imposed no sanctions.", "sanctions", "denied"),
    "no-subject": ("No sanctions were imposed.", "imposed", "denied"),
    "nearly": ("The guards nearly killed the spy.", "killed", "denied"),
    "did-not-fail": ("Norway did not fail to deport the spy.", "deport", "happened"),
    "will": ("Norway will deport the spy.", "deport", "planned"),
    "said-it-would": ("Norway said it would deport the spy.", "deport", "planned"),
    "would": ("Norway would deport a spy.", "deport", "possible"),
    "may": ("Norway may deport the spy.", "deport", "possible"),
    "may-not": ("Norway may not deport the spy.", "deport", "possible"),
    "could": ("Norway could deport the spy.", "deport", "possible"),
    "will-not": ("Norway will not deport the spy.", "deport", "denied"),
    "if": ("If Norway deports the spy, Sweden will protest.", "deports", "possible"),
    "unless": ("Sweden will protest unless Norway frees the spy.", "frees", "possible"),
    "question": ("Did Norway deport the spy?", "deport", "possible"),
    "plans-to": ("Norway plans to deport the spy.", "deport", "planned"),
    "agreed-to": ("Norway agreed to deport the spy.", "deport", "planned"),
    "set-to": ("Norway is set to deport the spy.", "deport", "planned"),
    "due-to": ("The minister is due to visit Oslo.", "visit", "planned"),
    "expected-to": ("The minister is expected to visit Oslo.", "visit", "planned"),
    "not-going-to": ("Norway is not going to deport the spy.", "deport", "denied"),
    "hopes-to": ("Norway hopes to deport the spy.", "deport", "possible"),
    "threatened-to": ("Norway threatened to deport the spy.", "deport", "possible"),
    "likely-to": ("Norway is likely to deport the spy.", "deport", "possible"),
    "urged-to": ("Sweden urged Norway to deport the spy.", "deport", "possible"),
    "demanded-that": ("Sweden demanded that Norway deport the spy.", "deport", "possible"),
    "began-to": ("Norway began to deport the spies.", "deport", "happened"),
    "managed-to": ("Norway managed to deport the spy.", "deport", "happened"),
    "purpose": ("Police came to arrest the spy.", "arrest", "possible"),
    "result": ("Shares fell 2 percent to close at a record low.", "close", "happened"),
    "accused-of": ("Sweden accused Norway of deporting the spy.", "deporting", "possible"),
    "said": ("Norway said it had deported the spy.", "deported", "happened"),
    "not-confirmed": ("Norway has not confirmed that it deported the spy.", "deported", "possible"),
    "joined-future": ("Norway will arrest and deport the spy.", "deport", "planned"),
    "headline-to": ("Norway to deport spy", "deport", "planned"),
    "possible-noun": ("Norway spoke of possible sanctions.", "sanctions", "possible"),
    "planned-noun": ("The planned visit drew crowds.", "visit", "planned"),
    "failed-noun": ("The failed coup shocked Norway.", "coup", "denied"),
    "call-for": ("Sweden called for a ceasefire.", "ceasefire", "possible"),
    "threat-of": ("The threat of sanctions worried Norway.", "sanctions", "possible"),
    "plan-for": ("Norway published a plan for a withdrawal.", "withdrawal", "planned"),
    "cancelled-object": ("Norway cancelled the visit.", "visit", "denied"),
    "averted-object": ("Talks averted a strike.", "strike", "denied"),
    "held-object": ("Norway held talks with Sweden.", "talks", "happened"),
    "will-hold": ("Norway will hold talks with Sweden.", "talks", "planned"),
    "factual-object": ("Norway will discuss the attack.", "attack", "happened"),
    "after": ("After the attack Norway will close its border.", "attack", "happened"),
    "willing": ("Norway is willing to free the spy.", "free", "planned"),
    "hope-that": ("Norway hopes that Sweden will free the spy.", "free", "possible"),
    "no-chance": ("There is no chance Norway will free the spy.", "free", "denied"),
    "order-not-to": ("She cried: Don't shoot the spy!", "shoot", "possible"),
    "asked-not": ("Did Norway not free the spy?", "free", "possible"),
    "asked-why": ("Why did Norway free the spy?", "free", "happened"),
    "being-done": ("The spy is being questioned.", "questioned", "ongoing"),
    "can-end-up": ("Spies can wind up beaten.", "beaten", "possible"),
    "definite-support": ("Sweden spoke in support of the sanctions.", "sanctions", "happened"),
    "semicolon": ("Two spies were deported; nobody was hurt.", "deported", "happened"),
    "semicolon-demand": ("Crowds rallied; a party demanded that he resign.", "rallied", "happened"),
    "neither-nor": ("Neither Norway nor Sweden freed the spy.", "freed", "denied"),
    "in-the-event": ("In the event that Norway frees the spy, he will talk.", "frees", "possible"),
    "decide-against": ("Norway decided against freeing the spy.", "freeing", "denied"),
    "warn-against": ("Norway warned against freeing the spy.", "freeing", "possible"),
    "short-of": ("Norway stopped short of freeing the spy.", "freeing", "denied"),
    "first-to": ("Norway was the first country to free a spy.", "free", "happened"),
    "job": ("Her job is to free the spy.", "free", "possible"),
    "is-to": ("Norway is to free the spy.", "free", "planned"),
    "planned-for": ("Norway will send a ship to free the spy.", "free", "planned"),
    "unless-he-talks": ("Norway will free the spy unless he talks.", "free", "possible"),
    "habit": ("Norway would often free spies.", "free", "happened"),
    "finite-after-infinitive": ("She pledged to leave and freed the spy.", "freed", "happened"),
    "in-talks": ("Norway is in talks with Sweden.", "talks", "ongoing"),
    "visit-possible": ("A visit is possible.", "visit", "possible"),
    "given-in-a-question": ("Will the talks ever end?", "talks", "happened"),
    "beyond": ("He said little beyond praising the spy.", "praising", "happened"),
    "unable": ("Norway was unable to free the spy.", "free", "denied"),
}


@pytest.mark.parametrize(("text", "word", "expected"), CASES.values(), ids=CASES.keys())
def test_status_of_a_predicate(parse, text, word, expected):
    start = text.index(word)
    assert event_statuses(parse(text), [Span(start, start + len(word))]) == [expected]


def test_a_span_of_several_words_is_read_at_its_head(parse):
    text = "Norway did not call off the visit."
    start = text.index("call off")
    assert event_statuses(parse(text), [Span(start, start + len("call off"))]) == ["denied"]


def test_statuses_come_in_the_order_of_the_spans(parse):
    text = "Norway freed the spy but did not free the general."
    spans = [Span(text.index("free the"), text.index("free the") + 4), Span(7, 12)]
    assert event_statuses(parse(text), spans) == ["denied", "happened"]


def test_a_span_without_words_is_taken_as_told(parse):
    assert event_statuses(parse("Norway freed the spy.\n\nSo it said."), [Span(21, 23)]) == [
        "happened"
    ]
